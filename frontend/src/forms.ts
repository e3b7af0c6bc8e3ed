import { loadedText } from "./texts";

interface Field {
  name: string;
  selector?: object;
  options?: string[]; // To choose one of, in the place of a selector.
  required?: boolean;
  default?: unknown;
}

export interface Form {
  schema: object[];
  computeLabel: (field: { name: string }) => string;
  computeHelper: (field: { name: string }) => string | undefined;
}

export const schemaOf = (...fields: Field[]): object[] =>
  fields.map(({ options, ...field }) => {
    if (!options) return field;
    const labelled = options.map((value) => ({
      value,
      label: loadedText(`options.${field.name}.${value}`) || value,
    }));
    return { ...field, selector: { select: { mode: "dropdown", options: labelled } } };
  });

export const labelOf = ({ name }: { name: string }): string => loadedText(`fields.${name}`) || name;

// The form of a card's editor, as Home Assistant takes it.
export const formOf = (...fields: Field[]): Form => ({
  schema: schemaOf(...fields),
  computeLabel: labelOf,
  computeHelper: () => undefined,
});
