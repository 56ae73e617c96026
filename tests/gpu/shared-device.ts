/**
 * All files of these tests run in one page; here they get one device, too. Compiling shaders is most of what a test on
 * a software GPU costs, and a device gives out again what it has compiled, for as long as someone holds it: so all is held
 * here. Who closes an engine leaves the device to the next.
 */
interface Sharing {
  /** Whether the file of tests under way gets the shared device. */
  on: boolean
}

declare global {
  /** On the page itself: this file is run anew before each file of tests. */
  var deviceSharing: Sharing | undefined
}

/** Call it at the top of a file whose tests lose a device or listen for its loss: they get devices of their own. */
export function takeOwnDevices(): void {
  globalThis.deviceSharing!.on = false
}

/** Of devices in `shared`: else one would be compiled anew for each engine, once the one before it was swept up. */
function holdPipelines(shared: { has(device: GPUDevice): boolean }): void {
  const held = new WeakMap<GPUDevice, Set<object>>()
  function hold(device: GPUDevice, pipeline: object) {
    if (!shared.has(device)) return
    const ofDevice = held.get(device) ?? new Set()
    held.set(device, ofDevice.add(pipeline))
  }
  const { createComputePipelineAsync, createRenderPipeline, createRenderPipelineAsync } = GPUDevice.prototype
  GPUDevice.prototype.createComputePipelineAsync = async function compile(this: GPUDevice, descriptor) {
    const pipeline = await createComputePipelineAsync.call(this, descriptor)
    hold(this, pipeline)
    return pipeline
  }
  GPUDevice.prototype.createRenderPipelineAsync = async function compile(this: GPUDevice, descriptor) {
    const pipeline = await createRenderPipelineAsync.call(this, descriptor)
    hold(this, pipeline)
    return pipeline
  }
  GPUDevice.prototype.createRenderPipeline = function compile(this: GPUDevice, descriptor) {
    const pipeline = createRenderPipeline.call(this, descriptor)
    hold(this, pipeline)
    return pipeline
  }
}

function shareDevices(): Sharing {
  const sharing: Sharing = { on: true }
  const byRequest = new Map<string, Promise<GPUDevice>>()
  const shared = new WeakSet<GPUDevice>()
  const open = GPUAdapter.prototype.requestDevice
  const destroy = GPUDevice.prototype.destroy
  holdPipelines(shared)
  GPUAdapter.prototype.requestDevice = function requestDevice(this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    if (!sharing.on) return open.call(this, descriptor)
    const key = JSON.stringify(descriptor ?? {})
    const known = byRequest.get(key)
    if (known) return known
    const opened = open.call(this, descriptor).then((device) => {
      shared.add(device)
      // Lost after all, as where the browser's GPU process fell over.
      void device.lost.then(() => byRequest.delete(key))
      return device
    })
    byRequest.set(key, opened)
    opened.catch(() => byRequest.delete(key))
    return opened
  }
  GPUDevice.prototype.destroy = function destroyOwn(this: GPUDevice) {
    if (!shared.has(this)) destroy.call(this)
  }
  return sharing
}

globalThis.deviceSharing ??= shareDevices()
globalThis.deviceSharing.on = true
