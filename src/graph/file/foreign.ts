/** Graphs of other programs: told whose they are, and what of them there is a node for here. */
import type { Json } from '../document/json.ts'
import type { Problem } from '../document/problems.ts'
import type { Specs } from '../node/spec.ts'
import { badFile } from './untrusted.ts'
import { shorten } from './wording.ts'

interface Program {
  readonly name: string
  /** What the file calls the kinds of its nodes, one a node; `null`: it is not of this program. */
  kinds(file: Json): readonly string[] | null
  /** The node that does the same here, by pattern of the kind; the first that fits. `''`: part of another's work. */
  readonly twins: readonly (readonly [RegExp, string])[]
}

type Fields = Readonly<Record<string, Json>>
const fields = (value: Json | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const programs: readonly Program[] = [
  {
    name: 'chaiNNer',
    kinds(file) {
      const kinds = list(fields(fields(file).content).nodes).map((node) => text(fields(fields(node).data).schemaId))
      return kinds.some((kind) => kind.startsWith('chainner:')) ? kinds : null
    },
    twins: [
      [/:load_model$/, ''],
      [/:(load|load_video|image_file_iterator|load_images|video_frame_iterator)$/, 'decode'],
      [/:(save|save_video|save_image|view|view_external)$/, 'encode'],
      [/:(upscale_image|upscale_face|guided_upscale)$/, 'sr-model'],
      [/:(resize|resize_factor|resize_resolution|resize_to_side)$/, 'bicubic'],
      [/:(unsharp_mask|sharpen|high_boost_filter|sharpen_hbf)$/, 'sharpen'],
      [/:(add_noise|noise)/, 'grain'],
      [/:(average_color_fix|color_transfer)$/, 'match-colour'],
      [/:\w*blur$/, 'blur'],
      [/:(blend|composite)/, 'mix'],
      [/:(levels|brightness_and_contrast|gamma)$/, 'levels'],
    ],
  },
  {
    name: 'ComfyUI',
    kinds(file) {
      const { nodes, links, last_node_id: last } = fields(file)
      if (Array.isArray(nodes) && (Array.isArray(links) || typeof last === 'number')) {
        const kinds = nodes.map((node) => text(fields(node).type))
        return kinds.some((kind) => kind !== '') ? kinds : null
      }
      // What its server is sent: nodes by number.
      const kinds = Object.values(fields(file)).map((node) => text(fields(node).class_type))
      return kinds.length > 0 && kinds.every((kind) => kind !== '') ? kinds : null
    },
    twins: [
      [/^(UpscaleModelLoader|Note|MarkdownNote|Reroute|PrimitiveNode)$/, ''],
      [/^(VHS_)?Load(Image|Images|Video)/, 'decode'],
      [/^(SaveImage|SaveVideo|SaveWEBM|PreviewImage|VHS_VideoCombine|CreateVideo)/, 'encode'],
      [/^ImageUpscaleWithModel/, 'sr-model'],
      [/^(ImageScale|ImageScaleBy|ImageScaleToTotalPixels|ResizeImage)/, 'bicubic'],
      [/^ImageSharpen$/, 'sharpen'],
      [/^ImageBlur$/, 'blur'],
      [/^ImageBlend$/, 'mix'],
      [/ColorMatch/, 'match-colour'],
    ],
  },
]

const maxNamed = 5

/** Names once each, in the order they came; of many, how many more. */
function listKinds(kinds: readonly string[]): string {
  const all = [...new Set(kinds)]
  const more = all.length - maxNamed
  return `${all.slice(0, maxNamed).map(shorten).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** What to say of a file that is another program's; `undefined` where it is none that is known. */
export function foreignGraph(file: Json, specs: Specs): Problem | undefined {
  for (const { name, kinds, twins } of programs) {
    const kindsFound = kinds(file)
    if (!kindsFound) continue
    const pairs: string[] = []
    const lacking: string[] = []
    for (const kind of kindsFound) {
      const twin = twins.find(([pattern]) => pattern.test(kind))?.[1]
      const title = twin ? specs.get(twin)?.title : undefined
      const bareName = kind.split(':').pop() ?? kind
      if (title !== undefined) pairs.push(`${bareName} as ${title}`)
      else if (twin !== '') lacking.push(bareName || 'a node without a name')
    }
    const equivalents = pairs.length > 0 ? ` What it does can be built here: ${listKinds(pairs)}.` : ''
    const alsoLacking = lacking.length > 0 ? ` There is nothing here for ${listKinds(lacking)}.` : ''
    return badFile(
      `This is a ${name} graph with ${kindsFound.length === 1 ? 'one node' : `${kindsFound.length} nodes`}, not a Framewright graph.${equivalents}${alsoLacking}`,
      pairs.length > 0
        ? 'Add those nodes, or start with the recipe nearest to it.'
        : 'Open a file that Framewright has saved.',
    )
  }
  return undefined
}
