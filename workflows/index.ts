export { followUp } from './follow-up';
export { mirrorMlflow, watchMlflow } from './mirror-mlflow';
export { promoteModel } from './promote-model';
export { rebuild } from './rebuild';
export { reproduce } from './reproduce';
export { rescore } from './rescore';
export { selectionRound } from './selection-round';
export { trainModel } from './train-model';
