/** The gallery: each recipe with what it is for and the same spot before and after; the person's own below. */
import { Save, Trash2 } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { recipePictures, type ShippedRecipe, shippedGraphs } from '../files/shipped-recipes.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { DialogContent } from '../shell/DialogContent.tsx'
import { plain } from '../store/viewer-settings.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'
import { comparedJobs } from '../viewer/crop-jobs.ts'
import { type Crop, type CropJob, CropPicture, useCrops } from '../viewer/frame-crops.tsx'

const words = dialogText.recipes

const picture = (name: string, which: 'before' | 'after'): string =>
  new URL(`${recipePictures}/${name}-${which}.webp`, document.baseURI).href

export function RecipesDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'recipes')
  const close = () => view.setState({ dialog: null })
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'recipes' : null })}>
      <DialogContent className="recipes-dialog">
        <DialogHead title={words.title} />
        <div className="dialog-body">
          <p className="muted">{words.explained}</p>
          <Shipped onOpen={close} />
          <OwnRecipes onOpen={close} />
        </div>
      </DialogContent>
    </Dialog.Root>
  )
}

type Pictures = 'frame' | 'sample'

/** In pixels of the picture that is seen. */
const cropSize = { width: 200, height: 125 }

const before = 'before'

/** What the plain upscale and each recipe make of the frame that is seen; `null` until all recipes are there. */
function useRecipeJobs(isOpen: boolean): readonly CropJob[] | null {
  const { commands, document, preview, derived, specs } = useEditor()
  const [jobs, setJobs] = useState<readonly CropJob[] | null>(null)
  useEffect(() => {
    const { view } = preview.getState()
    if (!isOpen || !view) return
    let isWanted = true
    const gather = async () => {
      const jobOf = comparedJobs({ document, derived, specs }, view)
      const recipeJobs = [...jobOf(before, plain)]
      for (const { name, title } of shippedGraphs) {
        const recipe = await commands.graphs.shippedGraph(name)
        if (recipe) recipeJobs.push(...jobOf(name, { kind: 'graph', title, document: recipe }))
      }
      if (isWanted) setJobs(recipeJobs)
    }
    gather().catch((error: unknown) => console.warn('The recipes could not be shown on the frame:', error))
    return () => {
      isWanted = false
    }
  }, [isOpen, commands, document, preview, derived, specs])
  return isOpen ? jobs : null
}

function Shipped({ onOpen }: { onOpen: () => void }) {
  const { preview } = useEditor()
  const hasPicture = useStore(preview, ({ result, view }) => result !== null && view !== null)
  const [choice, setAsked] = useState<Pictures>('frame')
  const pictures = hasPicture ? choice : 'sample'
  const crops = useCrops(useRecipeJobs(pictures === 'frame'), cropSize)
  return (
    <>
      {hasPicture && (
        <fieldset className="segments recipe-pictures-of">
          <legend className="visually-hidden">{words.picturesOf}</legend>
          {(['frame', 'sample'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={one === pictures} onClick={() => setAsked(one)}>
              {words.pictures[one]}
            </button>
          ))}
        </fieldset>
      )}
      <ul className="recipe-grid" aria-label={words.shipped}>
        {shippedGraphs.map((recipe) => (
          <li key={recipe.name}>
            <RecipeCard recipe={recipe} onOpen={onOpen} crops={pictures === 'frame' ? crops : null} />
          </li>
        ))}
      </ul>
    </>
  )
}

function RecipeCard({
  recipe,
  onOpen,
  crops,
}: {
  recipe: ShippedRecipe
  onOpen: () => void
  /** Of the frame that is seen; `null`: the pictures of the sample are shown. */
  crops: ReadonlyMap<string, Crop> | null
}) {
  const { commands } = useEditor()
  return (
    <button
      type="button"
      className="recipe-card"
      onClick={() => {
        onOpen()
        void commands.openShipped(recipe.name)
      }}
    >
      <span className="recipe-pictures">
        {(['before', 'after'] as const).map((which) => (
          <span key={which}>
            {crops ? (
              <CropPicture
                crop={crops.get(which === before ? before : recipe.name)}
                label={words.ofFrame(recipe.title, words[which])}
                size={cropSize}
              />
            ) : (
              <img src={picture(recipe.name, which)} alt="" width={400} height={250} loading="lazy" />
            )}
            <span className="recipe-which">{crops && which === before ? text.viewer.output.plain : words[which]}</span>
          </span>
        ))}
      </span>
      <strong>{recipe.title}</strong>
      <span className="recipe-purpose">{recipe.purpose}</span>
    </button>
  )
}

function OwnRecipes({ onOpen }: { onOpen: () => void }) {
  const { commands, document, view } = useEditor()
  const { ownRecipes, saveOwn } = commands.sharing
  const [recipes, setRecipes] = useState(() => ownRecipes.list())
  const title = useStore(document, (state) => state.document.title)
  const description = useStore(document, (state) => state.document.description)
  const heading = useId()
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const newTitle = String(data.get('title') ?? '').trim()
    if (newTitle !== '' && saveOwn(newTitle, String(data.get('purpose') ?? '').trim())) setRecipes(ownRecipes.list())
  }
  const remove = (key: string, name: string) => {
    const removedRecipe = recipes.find((recipe) => recipe.key === key)
    ownRecipes.remove(key)
    setRecipes(ownRecipes.list())
    if (removedRecipe)
      view.toast({
        tone: 'info',
        message: words.removed(name),
        action: {
          label: text.common.bringBack,
          run: () => {
            ownRecipes.save(removedRecipe)
            setRecipes(ownRecipes.list())
          },
        },
      })
  }
  return (
    <section className="own-recipes" aria-labelledby={heading}>
      <h3 id={heading}>{words.own}</h3>
      {recipes.length === 0 ? (
        <p className="muted">{words.noOwn}</p>
      ) : (
        <ul>
          {recipes.map((recipe) => (
            <li key={recipe.key}>
              <button
                type="button"
                className="own-recipe"
                onClick={() => {
                  onOpen()
                  commands.openOwn(recipe.text, recipe.title)
                }}
              >
                <strong>{recipe.title}</strong>
                <span className="recipe-purpose">{recipe.purpose}</span>
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={words.remove(recipe.title)}
                onClick={() => remove(recipe.key, recipe.title)}
              >
                <Trash2 size={15} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form className="own-form" onSubmit={save}>
        <label>
          {words.saveAs}
          <input className="field" name="title" required maxLength={120} defaultValue={title} autoComplete="off" />
        </label>
        <label className="grow">
          {words.purpose}
          <input className="field" name="purpose" maxLength={400} defaultValue={description} autoComplete="off" />
        </label>
        <button type="submit" className="button">
          <Save size={14} aria-hidden />
          {words.save}
        </button>
      </form>
    </section>
  )
}
