/** How one scenario is run and checked: what was given after its `--scenario`, or before the first. */
export interface ScenarioFlags {
  /** Absent for what was given before the first `--scenario`: it holds for all. */
  readonly scenario?: string;
  /** A line, or from a configuration its words. */
  readonly command?: string | readonly string[];
  readonly env?: string[];
  readonly envFile?: string[];
  readonly volume?: string[];
  readonly network?: string;
  readonly runUser?: string;
  readonly workdir?: string;
  readonly entrypoint?: string;
  readonly http?: string[];
  readonly exec?: string[];
  readonly tcp?: string[];
  readonly port?: string[];
  readonly exit?: string | true;
}

/** How containers are run and checked, by scenarios. */
export interface RunFlags {
  /** First what holds for all scenarios, then each of them, as they were given. */
  readonly runs: readonly [ScenarioFlags, ...ScenarioFlags[]];
}

/** What runs containers, and whether it is told. */
export interface EngineFlags {
  readonly engine?: 'auto' | 'docker' | 'podman' | 'embedded';
  readonly verbose?: true;
}

/** What is kept, beside what the trace asks for. */
export interface SelectionFlags {
  readonly include?: string[];
  readonly includeFrom?: string[];
  readonly exclude?: string[];
  readonly includeShell?: true;
  /** A file, or false for --no-certs. */
  readonly certs?: string | boolean;
  readonly without?: string[];
  readonly granularity?: string[];
  /** Files; from a configuration also packs written out there, unchecked. */
  readonly packs?: (string | object)[];
  readonly nft?: true;
}

/** Seconds, or a time with its unit. */
export interface TimeFlags {
  readonly timeout: string;
  readonly stopTimeout: string;
}

/** What the slim image is, beyond which files it keeps, and what is written beside it. */
export interface ResultFlags {
  readonly base?: string;
  readonly distrolessFrom?: string;
  readonly layers?: string;
  /** False for --no-package-records. */
  readonly packageRecords?: boolean;
  readonly user?: string;
  readonly healthcheck?: string;
  readonly sbom?: string;
  readonly sbomInImage?: true;
  readonly provenance?: string;
  readonly attest?: true;
  readonly seccompProfile?: string;
  readonly apparmorProfile?: string;
  readonly debugTag?: string;
  readonly debugBusybox?: string;
}

/** What a slim image has to keep to. */
export interface BudgetFlags {
  readonly maxSize?: string;
  readonly minReduction?: string;
  readonly maxFiles?: string;
  readonly failIfLarger?: true;
  readonly forbidPath?: string[];
  readonly forbidPackage?: string[];
  readonly failOn?: string[];
}

/** Where the slim image and what is said of it go, and what it is made from instead of a trace. */
export interface SlimFlags {
  /** The configuration that is there; false for --no-config. */
  readonly config?: string | false;
  readonly tag?: string;
  readonly output?: string;
  readonly report?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly dryRun?: true;
  readonly trace?: string;
  readonly lock?: string;
  readonly explainSize?: true;
  /** False for --no-heal. */
  readonly heal?: boolean;
  readonly healRounds: string;
}
