/** The gallery: each recipe with what it is for and the same spot before and after; the person's own below. */
import { Save, Trash2 } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type FormEvent, useId, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { recipePictures, type ShippedRecipe, shippedGraphs } from '../recipes.ts'
import { DialogHead } from '../shell/DialogHead.tsx'

const picture = (name: string, which: 'before' | 'after'): string =>
  new URL(`${recipePictures}/${name}-${which}.webp`, document.baseURI).href

export function RecipesDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'recipes')
  const close = () => view.setState({ dialog: null })
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'recipes' : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog recipes-dialog" aria-describedby={undefined}>
          <DialogHead title="Recipes" />
          <div className="dialog-body">
            <p className="muted">
              Each is a whole graph: open it, choose your own clip in Decode, and change what you like. The pictures
              show one spot of the sample clip, twice as large: enlarged plainly, then by the recipe.
            </p>
            <ul className="recipe-grid" aria-label="Recipes that come with the editor">
              {shippedGraphs.map((recipe) => (
                <li key={recipe.name}>
                  <RecipeCard recipe={recipe} onOpen={close} />
                </li>
              ))}
            </ul>
            <OwnRecipes onOpen={close} />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function RecipeCard({ recipe, onOpen }: { recipe: ShippedRecipe; onOpen: () => void }) {
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
            <img src={picture(recipe.name, which)} alt="" width={400} height={250} loading="lazy" />
            <span className="recipe-which">{which === 'before' ? 'Before' : 'After'}</span>
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
  const { own, saveOwn } = commands.sharing
  const [recipes, setRecipes] = useState(() => own.list())
  const title = useStore(document, (state) => state.document.title)
  const description = useStore(document, (state) => state.document.description)
  const heading = useId()
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const named = String(data.get('title') ?? '').trim()
    if (named !== '' && saveOwn(named, String(data.get('purpose') ?? '').trim())) setRecipes(own.list())
  }
  const remove = (key: string, name: string) => {
    const removed = recipes.find((recipe) => recipe.key === key)
    own.remove(key)
    setRecipes(own.list())
    if (removed)
      view.toast({
        tone: 'info',
        message: `“${name}” was removed from your recipes.`,
        action: {
          label: 'Bring it back',
          run: () => {
            own.save(removed)
            setRecipes(own.list())
          },
        },
      })
  }
  return (
    <section className="own-recipes" aria-labelledby={heading}>
      <h3 id={heading}>Your recipes</h3>
      {recipes.length === 0 ? (
        <p className="muted">None yet. They stay in this browser; save a graph to a file to take it elsewhere.</p>
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
                aria-label={`Remove ${recipe.title}`}
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
          Save the open graph as
          <input className="field" name="title" required maxLength={120} defaultValue={title} autoComplete="off" />
        </label>
        <label className="grow">
          What it is for
          <input className="field" name="purpose" maxLength={400} defaultValue={description} autoComplete="off" />
        </label>
        <button type="submit" className="button">
          <Save size={14} aria-hidden />
          Save
        </button>
      </form>
    </section>
  )
}
