/**
 * The one door to React and Ink: every module of the interface imports them from here, so that `npm run build` can put
 * both into this one file. Loaded as the some 300 modules that they are, they take two to three times as long.
 */
export {
    default as React,
    createContext,
    Fragment,
    memo,
    useCallback,
    useContext,
    useDeferredValue,
    useEffect,
    useId,
    useLayoutEffect,
    useMemo,
    useReducer,
    useRef,
    useState,
    useSyncExternalStore,
    useTransition,
} from "react";
export type {
    ComponentType,
    Context,
    Dispatch,
    ErrorInfo,
    JSX,
    Key as ReactKey,
    PropsWithChildren,
    ReactElement,
    ReactNode,
    Ref,
    RefObject,
    SetStateAction,
} from "react";
export * from "ink";
