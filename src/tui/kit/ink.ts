/**
 * Every module of the interface imports React and Ink from here, so that all of them and ink-table share one React.
 */
export {
    default as React,
    createContext,
    useCallback,
    useContext,
    useEffect,
    useLayoutEffect,
    useMemo,
    useReducer,
    useRef,
    useState,
    useSyncExternalStore,
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
