import type { ConfigKey, ConfigKeys } from './config-key.js';

/** A schema, or a part of one (JSON Schema draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of `slimtrace.yaml`, made from its keys: for editors; slimtrace itself reads the file more strictly. */
export function configJsonSchema(keys: ConfigKeys): JsonSchema {
  const settings = {
    ...propertiesOf(keys.image),
    scenarios: { $ref: '#/$defs/scenarios' },
    budgets: { $ref: '#/$defs/budgets' },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'slimtrace.yaml',
    description:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how variables are written.
      'What slimtrace does with images. ${VAR}, ${VAR:-default} and ${VAR:?message} stand for environment variables, $$ for a dollar sign; relative paths are relative to this file.',
    ...object({
      version: { const: 1, description: 'The version of this format.', default: 1 },
      defaults: {
        description: 'What holds for each image that says nothing else; lists are replaced whole.',
        ...object(settings),
      },
      images: {
        description: 'The images, each by a key that commands can be given instead of its reference.',
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' },
        additionalProperties: { $ref: '#/$defs/image' },
      },
      ci: {
        description: 'What slimtrace ci does with all of them.',
        ...object({
          ...propertiesOf(keys.ci),
          deadlines: { description: 'Longest times.', ...object(propertiesOf(keys.deadlines)) },
        }),
      },
    }),
    required: ['images'],
    $defs: {
      value: { type: ['string', 'number', 'boolean'] },
      values: { type: 'array', items: text },
      switch: { anyOf: [{ type: 'boolean' }, variable] },
      image: {
        ...object({ image: { ...text, description: 'The image: on the engine, or an archive.' }, ...settings }),
        required: ['image'],
      },
      scenarios: {
        description: 'Several ways to use the image; what is said beside them holds for all.',
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$' },
        additionalProperties: { anyOf: [{ type: 'null' }, object(propertiesOf(keys.scenario))] },
      },
      budgets: { description: 'What the slim image has to keep to.', ...object(propertiesOf(keys.budgets)) },
    },
  };
}

const object = (properties: JsonSchema): JsonSchema => ({ type: 'object', properties, additionalProperties: false });

const text: JsonSchema = { $ref: '#/$defs/value' };

/** An environment variable may stand for any value. */
const variable: JsonSchema = { type: 'string', pattern: '\\$' };

const texts: JsonSchema = { $ref: '#/$defs/values' };

function propertiesOf(keys: readonly ConfigKey[]): JsonSchema {
  return Object.fromEntries(keys.map((key) => [key.name, propertyOf(key)]));
}

function propertyOf(key: ConfigKey): JsonSchema {
  const { description, default: fallback } = key;
  return { description, ...shapeOf(key), ...(fallback === undefined ? {} : { default: fallback }) };
}

function shapeOf({ shape, choices }: ConfigKey): JsonSchema {
  switch (shape) {
    case 'switch':
      return { $ref: '#/$defs/switch' };
    case 'text':
      return choices === undefined ? text : { anyOf: [{ enum: choices }, variable] };
    case 'switch-or-text':
      return text;
    case 'list':
    case 'words':
      return { anyOf: [text, texts] };
    case 'list-or-map':
      return {
        anyOf: [
          text,
          texts,
          { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } },
        ],
      };
    case 'packs':
      return { anyOf: [text, { type: 'object' }, { type: 'array', items: { anyOf: [text, { type: 'object' }] } }] };
  }
}
