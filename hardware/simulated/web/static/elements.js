/** An element of the page, with its class and what is inside: elements and texts. */
export function made(name, className, ...inside) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...inside);
  return element;
}
