import * as vscode from 'vscode';

/** Runs the debug adapter as a process of its own, so that a guest at full speed leaves the editor responsive. */
export class AdapterProcessFactory implements vscode.DebugAdapterDescriptorFactory {
  readonly #adapter: string;

  /** `adapter` is the path of the bundled adapter, which speaks DAP over its standard input and output. */
  constructor(adapter: string) {
    this.#adapter = adapter;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    // The editor's own runtime: nothing needs to be installed. The desktop's is Electron, which the variable turns to Node.
    return new vscode.DebugAdapterExecutable(process.execPath, [this.#adapter], {
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
  }
}
