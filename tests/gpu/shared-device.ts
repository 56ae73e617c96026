/**
 * All files of these tests run in one page; here they get one device, too. Compiling shaders is most of what a test on
 * a software GPU costs, and a device keeps what it has compiled. Who closes an engine leaves the device to the next.
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

function shareDevices(): Sharing {
  const sharing: Sharing = { on: true }
  const byRequest = new Map<string, Promise<GPUDevice>>()
  const shared = new WeakSet<GPUDevice>()
  const open = GPUAdapter.prototype.requestDevice
  const destroy = GPUDevice.prototype.destroy
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
