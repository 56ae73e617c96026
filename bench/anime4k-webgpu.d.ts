/** What the benchmark uses of the package. */
declare module 'anime4k-webgpu' {
  export class CNNx2VL {
    constructor(parts: { readonly device: GPUDevice; readonly inputTexture: GPUTexture })
    pass(encoder: GPUCommandEncoder): void
    getOutputTexture(): GPUTexture
  }
}
