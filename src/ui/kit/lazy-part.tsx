/**
 * Parts of the editor that come with what they are wanted for. One that cannot be fetched, since the network is gone or the editor was
 * updated meanwhile, says so in its place: nothing else may go with it.
 */
import { type LazyExoticComponent, lazy, type ReactNode } from 'react'
import { text } from '../text/text.ts'

type Part<Props> = (props: Props) => ReactNode

const NotFetched = () => (
  <p className="part-not-fetched" role="alert">
    {text.shell.partNotFetched} {text.shell.partNotFetchedHint}
  </p>
)

export const lazyPart = <Props extends object>(load: () => Promise<Part<Props>>): LazyExoticComponent<Part<Props>> =>
  lazy(async () => {
    try {
      return { default: await load() }
    } catch (error) {
      console.warn('A part of the editor could not be fetched:', error)
      return { default: NotFetched }
    }
  })
