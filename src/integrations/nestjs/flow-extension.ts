import type { EventProcessorDefinition, Flow } from '../..';
import type { Class, FoundComponent } from './found-components';
import type { EventualityOptions } from './module-options';
import { tokenOf } from './tokens';

/** A handler that something else than Nest's injector has made. */
export interface GivenHandler {
  /** A class with handlers of the framework, which stands for it. */
  readonly type: Class;
  readonly module: string;
  readonly instance: object;
}

/** What another module adds to a flow. */
export interface ExtensionParts {
  readonly processors: readonly EventProcessorDefinition[];
  readonly events: readonly Class[];
  readonly handlers: readonly GivenHandler[];
  readonly faults: readonly string[];
}

/** Another module that takes part in a flow: it provides this under `extensionToken`. */
export interface FlowExtension {
  /**
   * Called before Nest has created anything but prototypes.
   * @param components what the modules of Nest have for the flow
   */
  partsFor(flow: string, options: EventualityOptions, components: readonly FoundComponent[]): ExtensionParts;
  /**
   * Called when Nest has created its providers, and events are news to processors.
   * @returns the faults
   */
  created(flow: Flow): readonly string[];
  /** Called when the application starts; starts the processors when all that they need is there. */
  start(processors: { ready(): Promise<void> }): void;
  /** Called before the flow closes its store; resolves when nothing is to be stored any more. */
  stored(): Promise<void>;
}

/** Returns the token under which a flow finds what extends it. */
export const extensionToken = (flow: string): symbol => tokenOf(`FlowExtension<${flow}>`);
