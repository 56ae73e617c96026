/**
 * `npx tsx scripts/kill-renders.ts [kills]`: kills a render with SIGKILL at random moments (ten where not said), goes on
 * with the same command each time, and checks that no finished segment is made again and that the file is byte for byte
 * the one that an undisturbed run writes. Too long for `npm test`, which kills twice.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, projectFolder } from '../src/host/app-server.ts'

const kills = Number(process.argv[2] ?? 10)
const say = (line: string) => process.stdout.write(`${line}\n`)

/** 96 frames in four segments. */
const args = [
  join(projectFolder, 'public/graphs/bicubic.json'),
  ...['--set', 'bicubic.factor=1', '--set', 'encode.keyFrameSeconds=1', '--output', 'a.mp4'],
]

/** Runs the render in `folder`; killed after so many milliseconds. @returns its exit code, `null` where it was killed */
function render(folder: string, killAfter = Number.POSITIVE_INFINITY): Promise<number | null> {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(projectFolder, 'src/cli/render.ts'), ...args],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const timer = Number.isFinite(killAfter) ? setTimeout(() => child.kill('SIGKILL'), killAfter) : undefined
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code)
    })
  })
}

/** The finished segments and when each was written. */
function segments(folder: string): ReadonlyMap<string, number> {
  const parts = join(folder, 'a.mp4.parts/encode')
  if (!existsSync(parts)) return new Map()
  const names = readdirSync(parts).filter((name) => name.endsWith('.seg'))
  return new Map(names.map((name) => [name, statSync(join(parts, name)).mtimeMs]))
}

function fail(what: string): never {
  throw new Error(what)
}

const root = mkdtempSync(join(tmpdir(), 'framewright-kills-'))
try {
  await ensureBuilt(say)
  const began = performance.now()
  if ((await render(root)) !== 0) fail('the undisturbed run failed')
  const longest = performance.now() - began
  const whole = readFileSync(join(root, 'a.mp4'))
  rmSync(join(root, 'a.mp4'))
  let finished = 0
  for (let kill = 1, before = segments(root); kill <= kills; ) {
    const moment = Math.random() * longest
    const code = await render(root, moment)
    const after = segments(root)
    // A kill may come after the end: the file is there, and nothing of it is made again.
    const isKilled = code === null && !existsSync(join(root, 'a.mp4'))
    if (isKilled) {
      for (const [name, written] of before) if (after.get(name) !== written) fail(`${name} was made again`)
      say(`kill ${kill} after ${(moment / 1000).toFixed(1)} s: ${after.size} of 4 segments are kept`)
      before = after
      kill += 1
      if (kill <= kills) continue
    }
    if (isKilled ? (await render(root)) !== 0 : (code ?? 0) !== 0) fail('a run failed that was not killed')
    if (!readFileSync(join(root, 'a.mp4')).equals(whole)) fail('the file differs from that of an undisturbed run')
    // Killed behind its end, it may not have got so far.
    if (existsSync(join(root, 'a.mp4.parts')) && (isKilled || code !== null)) fail('what was kept is still there')
    rmSync(join(root, 'a.mp4'))
    finished += 1
    before = segments(root)
  }
  say(`${kills} kills, ${finished} files finished between and after them, each the same byte for byte.`)
} finally {
  rmSync(root, { recursive: true, force: true })
}
