// Builds the module that Home Assistant serves, and its compressed copies beside it:
// Home Assistant sends files as they are.
//   node build.mjs            writes the files
//   node build.mjs --check    fails when the files are not those of the sources
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";

const MODULE = new URL(
  "../custom_components/cisco_unified_presence/board/frontend/presence-board.js",
  import.meta.url,
);
const LARGEST = 40_000; // bytes, gzipped

const gzip = (code) => gzipSync(code, { level: 9 });
const brotli = (code) =>
  brotliCompressSync(code, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: code.length,
    },
  });

const { outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/index.ts"],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  conditions: ["production"],
  write: false,
});
const code = Buffer.from(outputFiles[0].contents);
const size = gzip(code).length;
console.log(`presence-board.js: ${code.length} bytes, ${size} gzipped`);
if (size > LARGEST) throw new Error(`The module is larger than ${LARGEST} bytes gzipped.`);

// What is inside counts: another version of the compressor writes other bytes.
const FORMS = [
  ["", (bytes) => bytes, (bytes) => bytes],
  [".gz", gzip, gunzipSync],
  [".br", brotli, brotliDecompressSync],
];
for (const [suffix, compress, expand] of FORMS) {
  const file = new URL(MODULE.href + suffix);
  if (!process.argv.includes("--check")) {
    await writeFile(file, compress(code));
  } else if (!code.equals(expand(await readFile(file)))) {
    throw new Error(`presence-board.js${suffix} is not built from these sources. Run: npm run build`);
  }
}
