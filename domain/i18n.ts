/** Languages of the product: Norwegian bokmål and English. */
export type Language = 'nb' | 'en';
