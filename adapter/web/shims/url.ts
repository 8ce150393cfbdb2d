/** Node's module gives out the class that a browser has as a global; the bundle for the web has this in its place. */
const URL_OF_THE_HOST = URL;
export { URL_OF_THE_HOST as URL };
