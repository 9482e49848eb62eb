/**
 * Libraries that an object names and hardly ever loads: they are left out, and that is told. `object` is matched
 * against its path, `library` against the name in it; `because` is a clause with the library as its subject.
 */
export const rarelyLoaded: readonly { readonly object: RegExp; readonly library: RegExp; readonly because: string }[] =
  [
    {
      object: /\/libc(?:\.so\.6|-2\.\d+\.so)$/,
      library: /^libidn2\.so\./,
      because:
        'is loaded only to look up host names that are not ASCII, when a program asks for that (AI_IDN); with what it needs it takes 2 MB',
    },
    {
      // A pack keeps it when something kept unwinds its stack.
      object: /\/lib(?:c(?:\.so\.6|-2\.\d+\.so)|pthread[.-].*)$/,
      library: /^libgcc_s\.so\./,
      because: 'is loaded only when a thread is cancelled, ends itself or asks for its stack',
    },
  ];
