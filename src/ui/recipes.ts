/** The graphs that ship with the editor, in `graphs/<name>.json`. */
export const shippedGraphs: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'default', title: 'Default: model detail, protected text, grain' },
  { name: 'bicubic', title: 'Plain: Bicubic ×2' },
]
