/** Tells `any` from every other type. */
export type IsAny<T> = 0 extends 1 & T ? true : false;
