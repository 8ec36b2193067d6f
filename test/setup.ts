import fc from "fast-check";

// Property tests draw the same examples in every run, so that a failure is one everybody sees.
fc.configureGlobal({ seed: 1951 });
