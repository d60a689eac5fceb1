/** Structural leakage refuses a run; a statistical suspicion needs a reason that two people give. */
export type LeakageVerdict = 'clean' | 'needs-reason' | 'refused';
