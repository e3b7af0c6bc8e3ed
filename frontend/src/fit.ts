// Width to height of a person who is read best from far away.
const BEST_RATIO = 1.9;
const SMALLEST = { width: 150, height: 72 };

export interface Fit {
  columns: number;
  height: number; // of a row
}

// The columns with which so many people fill a wall and are as large as can be. Too many for the
// wall keep the smallest size, and are scrolled.
export const fitWall = (count: number, width: number, height: number, gap: number): Fit => {
  let best: Fit = { columns: 1, height };
  let largest = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const column = (width - gap * (columns - 1)) / columns;
    const row = (height - gap * (rows - 1)) / rows;
    const size = Math.min(column / BEST_RATIO, row);
    if (size > largest) [best, largest] = [{ columns, height: row }, size];
  }
  if (best.height >= SMALLEST.height) return best;
  const columns = Math.max(1, Math.floor((width + gap) / (SMALLEST.width + gap)));
  return { columns, height: SMALLEST.height };
};
