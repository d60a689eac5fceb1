export { postDeploymentEvaluation } from './post-deployment-evaluation';
export { mirrorMlflow, watchMlflow } from './mirror-mlflow';
export { promoteModel } from './promote-model';
export { reproduce } from './reproduce';
export { rescore } from './rescore';
export { selectionRound } from './selection-round';
export { trainModel } from './train-model';
