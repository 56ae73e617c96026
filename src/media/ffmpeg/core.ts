/** ffmpeg's core in this thread: the program compiled once, and instances of it with a memory each. */
import type { LogEvent } from '@ffmpeg/ffmpeg'

/** Of Emscripten's file system, what is used here. */
export interface CoreFs {
  mkdir(path: string): void
  rmdir(path: string): void
  mount(type: unknown, options: object, path: string): void
  unmount(path: string): void
  unlink(path: string): void
  writeFile(path: string, data: Uint8Array | string): void
  readFile(path: string, options: { encoding: string }): Uint8Array | string
  lookupPath(path: string): { node: { stream_ops: object } }
  readonly filesystems: Readonly<Record<string, unknown>>
}
export interface Core {
  readonly FS: CoreFs
  readonly ret: number
  exec(...args: string[]): void
  ffprobe(...args: string[]): void
  reset(): void
  setTimeout(milliseconds: number): void
  setLogger(log: (line: LogEvent) => void): void
}
type CreateCore = (options: {
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object
}) => Promise<Core>

export interface LoadedCore {
  readonly core: Core
  readonly memory: WebAssembly.Memory
}

export interface CoreAddresses {
  readonly coreURL: string
  readonly wasmURL: string
}

let compilation: Promise<{ readonly module: WebAssembly.Module; readonly create: CreateCore }> | undefined

async function compile({ coreURL, wasmURL }: CoreAddresses) {
  const [module, glue]: [WebAssembly.Module, { default: CreateCore }] = await Promise.all([
    fetchModule(wasmURL),
    import(/* @vite-ignore */ coreURL),
  ])
  return { module, create: glue.default }
}

async function fetchModule(wasmURL: string): Promise<WebAssembly.Module> {
  const response = await fetch(wasmURL)
  if (!response.ok) throw new Error(`ffmpeg could not be fetched: the server answered ${response.status}.`)
  // Not every server knows the type that compiling while loading asks for.
  return response.headers.get('Content-Type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer())
}

/** A core with a memory of its own; the program is fetched and compiled the first time only. */
export async function freshCore(addresses: CoreAddresses): Promise<LoadedCore> {
  compilation ??= compile(addresses)
  const { module, create } = await compilation
  let memory: WebAssembly.Memory | undefined
  const core = await create({
    instantiateWasm(imports, receive) {
      void WebAssembly.instantiate(module, imports).then((instance) => {
        memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)
        receive(instance)
      })
      return {}
    },
  })
  if (!memory) throw new Error('ffmpeg has no memory.')
  return { core, memory }
}
