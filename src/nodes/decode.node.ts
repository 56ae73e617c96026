import {
  type CodedDesc,
  compressionOf,
  defineNode,
  inferProblem,
  lumaWeights,
  type MediaFacts,
  param,
  port,
} from './define.ts'

/** Timestamps closer to a trim point than this count as on it, seconds: times typed by hand have three decimals. */
const slack = 0.0005

function codedAs({ colour, samples: { fieldOrder, chroma, chromaSite } }: MediaFacts): CodedDesc {
  return {
    ...(fieldOrder !== null && fieldOrder !== 'progressive' ? { fieldOrder } : {}),
    luma: lumaWeights(colour.matrix),
    ...(chroma === '4:2:0' ? { chromaRows: chromaSite === 'top-left' ? ('on' as const) : ('between' as const) } : {}),
  }
}

const keptSentence = (name: string, transfer: 'pq' | 'hlg'): string =>
  `“${name}” kept its HDR: the picture was worked on as ${transfer === 'pq' ? 'PQ' : 'HLG'} of BT.2020, which nodes take for BT.709.`

export default defineNode({
  type: 'decode',
  title: 'Decode',
  category: 'io',
  summary:
    'Opens a video, a picture or a sequence of pictures: display size, upright, square pixels, the stream’s own colours.',
  keywords: [
    'input',
    'open',
    'load',
    'video',
    'movie',
    'clip',
    'image',
    'picture',
    'sequence',
    'file',
    'source',
    'trim',
    'hdr',
    'damaged',
    'broken',
  ],
  inputs: {},
  outputs: { image: port.image('Image'), audio: port.optionalAudio('Audio') },
  params: {
    media: param.asset('media', 'Media', {
      default: { id: 'samples/field-guide.mp4' },
      help: 'A video, a picture, or several pictures that form a sequence.',
    }),
    start: param.float('Start', {
      default: 0,
      min: 0,
      max: 86400,
      step: 0.001,
      unit: 's',
      affects: 'plan',
      help: 'Seconds left out at the beginning.',
    }),
    end: param.float('End', {
      default: 0,
      min: 0,
      max: 86400,
      step: 0.001,
      unit: 's',
      affects: 'plan',
      help: 'Seconds from the beginning at which to stop; 0: at the end of the medium.',
    }),
    toneMap: param.bool('Tone map', {
      default: false,
      affects: 'plan',
      help: 'HDR (PQ or HLG) to SDR BT.709: the roll-off of ITU-R BT.2390 from 1000 to 203 cd/m², then BT.709 primaries.',
    }),
    keepHdr: param.bool('Keep HDR', {
      default: false,
      affects: 'plan',
      visible: ({ toneMap }) => toneMap !== true,
      help: 'PQ or HLG stays as it is coded, in BT.2020, for an encoder of 10 bits to write. Nodes and viewer take it for BT.709: the picture looks flat here, and what a node does is judged in the result.',
    }),
    sequenceRate: param.float('Sequence rate', {
      default: 24,
      min: 0.1,
      max: 240,
      step: 0.001,
      unit: 'frames/s',
      affects: 'plan',
      help: 'Frames per second of a sequence of pictures; videos keep their own timestamps.',
    }),
    damaged: param.choice('Damage', ['hold', 'refuse'], {
      default: 'hold',
      labels: { hold: 'Go on, and tell', refuse: 'Refuse the file' },
      help: 'What to do where the medium cannot be decoded. To go on, the last good frame is held and sound is silent, and all such places are counted and listed with their times.',
    }),
  },
  infer: (_inputs, { media, start, end, toneMap, keepHdr, sequenceRate }, facts) => {
    if (!media)
      return inferProblem({
        code: 'missing-asset',
        param: 'media',
        message: 'No medium is chosen.',
        hint: 'Choose a video, a picture or a sequence of pictures.',
      })
    const mediaFacts = facts.media?.(media)
    if (!mediaFacts)
      return inferProblem({
        code: 'missing-asset',
        param: 'media',
        message: `“${media.id}” is not open here.`,
        hint: 'Choose the file again: a graph remembers names, not contents.',
      })
    if (mediaFacts.hdr && !toneMap && !keepHdr)
      return inferProblem({
        code: 'hdr',
        param: 'toneMap',
        message: `“${media.id}” is HDR (${mediaFacts.hdr === 'pq' ? 'PQ' : 'HLG'}), which this chain would show wrongly.`,
        hint: 'Switch on Tone map to bring it to SDR, or Keep HDR to have it in the result, or choose an SDR version of the file.',
      })
    const duration = mediaFacts.kind === 'sequence' ? mediaFacts.frameCount / sequenceRate : mediaFacts.duration
    if (mediaFacts.kind !== 'image' && start > 0 && start >= duration)
      return inferProblem({
        code: 'bad-param',
        param: 'start',
        message: `Start (${start} s) is after the end of “${media.id}”, which lasts ${Number(duration.toFixed(3))} s.`,
        hint: 'Set Start to an earlier time.',
      })
    if (mediaFacts.kind !== 'image' && end > 0 && end <= start)
      return inferProblem({
        code: 'bad-param',
        param: 'end',
        message: `End (${end} s) is not after Start (${start} s), so no frame is left.`,
        hint: 'Set End to a later time, or to 0 for the end of the medium.',
      })
    const compression = compressionOf(mediaFacts)
    return {
      image: {
        ...(compression ? { compression } : {}),
        ...(mediaFacts.kind === 'video' ? { coding: codedAs(mediaFacts) } : {}),
        type: 'image',
        width: mediaFacts.width,
        height: mediaFacts.height,
        format: 'rgba16float',
        frameRate: mediaFacts.kind === 'sequence' ? sequenceRate : mediaFacts.frameRate,
      },
      audio: mediaFacts.audio ?? undefined,
    }
  },
  kernel: {
    kind: 'source',
    scratch: () => ({ running: 4 }),
    async prepare(c) {
      const { media, start, end, toneMap, keepHdr, sequenceRate, damaged } = c.params
      if (!media) throw new Error('Decode was prepared without a medium.')
      const source = await c.media.open(media, { strict: damaged === 'refuse' })
      const transfer = keepHdr && !toneMap ? source.facts.hdr : null
      const hdr = transfer ? { transfer, mastering: await c.media.mastering(media) } : undefined
      const sourceTimeline = source.timeline
      const retiming = source.facts.kind === 'sequence' ? sequenceRate / source.facts.frameRate : 1
      const timeline =
        retiming === 1
          ? sourceTimeline
          : {
              count: sourceTimeline.count,
              timestamp: (index: number) => sourceTimeline.timestamp(index) / retiming,
              duration: (index: number) => sourceTimeline.duration(index) / retiming,
              indexAt: (seconds: number) => sourceTimeline.indexAt(seconds * retiming),
            }

      const origin = timeline.timestamp(0)
      let first = start > 0 ? timeline.indexAt(origin + start - slack) : 0
      // The first frame that begins at or after Start, not the one still shown then.
      if (timeline.timestamp(first) < origin + start - slack && first < timeline.count - 1) first += 1
      const stop = end > 0 ? timeline.indexAt(origin + end - slack) : timeline.count - 1
      const last = Math.max(first, stop)

      return {
        timeline,
        range: { first, last },
        audio: source.audio,
        companions: source.companions,
        bits: source.facts.samples.bits,
        alpha: source.facts.samples.alpha,
        hdr,
        damage: source.damage,
        async run({ time, recorder, outputs, signal }) {
          if (!outputs.image) return
          using frame = await source.frame(time.index, signal)
          await c.upload(recorder, frame, outputs.image, { toneMap })
        },
        notes: () => [...(transfer ? [keptSentence(media.id, transfer)] : []), ...(source.damage?.notes() ?? [])],
        async dispose() {
          await source[Symbol.asyncDispose]()
        },
      }
    },
  },
})
