import type { ImagePath } from '../image/path.js';

/**
 * Something that a selection can't be sure of: a place where a person knows better which check to add. Data: whoever shows
 * it finds the words.
 */
export type Doubt =
  /** A kept file loads others by names that are made up while it runs. `detail` is the expression or symbol. */
  | {
      readonly doubt: 'dynamic-loader';
      readonly loader: 'dlopen' | 'importlib' | 'require' | 'import()' | 'ServiceLoader' | 'Class.forName' | 'autoload';
      readonly parent: ImagePath;
      readonly detail?: string;
    }
  /** A kept module imports another one only under a condition (`try`, `if`). `target` is there and isn't kept for it. */
  | {
      readonly doubt: 'conditional-import';
      readonly parent: ImagePath;
      readonly module: string;
      readonly target?: ImagePath;
    }
  /** Known to be loadable, and left out on purpose; `because` is a sentence, or a clause about the target. */
  | {
      readonly doubt: 'left-out';
      readonly parent: ImagePath;
      readonly target: ImagePath;
      readonly because: string;
    };
