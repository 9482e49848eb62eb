interface RarelyLoaded {
  /** Matched against the path of the object that names the library. */
  readonly object: RegExp;
  /** Matched against the name in it. */
  readonly library: RegExp;
  /** A clause with the library as its subject; none when it isn't worth telling. */
  readonly because?: string;
}

/** Libraries that an object names and hardly ever loads: they are left out, and that is told where `because` says why. */
export const rarelyLoaded: readonly RarelyLoaded[] = [
  {
    object: /\/libc(?:\.so\.6|-2\.\d+\.so)$/,
    library: /^libidn2\.so\./,
    because:
      'is loaded only to look up host names that are not ASCII, when a program asks for that (AI_IDN); with what it needs it takes 2 MB',
  },
  {
    object: /\/libnet\.so$/,
    library: /^(?:libgio-2\.0|libgconf-2)\.so(?:\.|$)/,
    because: 'is loaded only when Java is told to use the proxies of the desktop (java.net.useSystemProxies)',
  },
  {
    object: /\/libselinux\.so\.[\d.]+$/,
    library: /^libsepol\.so\./,
    because: 'is loaded only to load a policy of SELinux into the kernel',
  },
  {
    object: /\/libmount\.so\.[\d.]+$/,
    library: /^libcryptsetup\.so\./,
    because: 'is loaded only to mount a file system whose blocks are verified (dm-verity)',
  },
  {
    object: /\/libdw(?:-[\d.]+\.so|\.so\.1)$/,
    library: /^libdebuginfod(?:-[\d.]+)?\.so/,
    because: 'is loaded only to fetch debugging data, when DEBUGINFOD_URLS says from where',
  },
  {
    // glibc takes no more than the version of its modules from that name (nss/nss_module.c); the rule name-service keeps them.
    object: /\/libc(?:\.so\.6|-2\.\d+\.so)$/,
    library: /^libnss_files\.so\./,
  },
  {
    // The pack libgcc-unwind keeps it when something kept has a use for it.
    object: /\/lib(?:c(?:\.so\.6|-2\.\d+\.so)|pthread[.-].*)$/,
    library: /^libgcc_s\.so\./,
  },
];
