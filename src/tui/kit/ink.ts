/**
 * The one door to React and Ink: every module of the interface imports them from here, so that there is one React, which
 * ink-table is given as well.
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
