import DefaultTheme from 'vitepress/theme-without-fonts';
import ApiExplorer from './ApiExplorer.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => app.component('ApiExplorer', ApiExplorer),
};
