/** The headings of releases: `## 0.1.0 - 2026-11-28`. */
const RELEASED = /^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$/;
const UNRELEASED = '## Unreleased';

/** The parts of a changelog that begin with `## `, in order, each with its title and its text. */
function partsOf(changelog) {
  return changelog.split(/^(?=## )/m).map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title: title.trim(), text: lines.join('\n').trim() };
  });
}

/** The versions that the changelog has a part of, the newest first. */
export function versionsOf(changelog) {
  return partsOf(changelog).flatMap(({ title }) => RELEASED.exec(title)?.[1] ?? []);
}

/** What the changelog says of a version, or of what is not released. Null if it has no such part. */
export function notesOf(changelog, version) {
  const part = partsOf(changelog).find(({ title }) =>
    version === undefined ? title === UNRELEASED : RELEASED.exec(title)?.[1] === version,
  );
  return part?.text ?? null;
}

/** The changelog whose unreleased part is that of a version now, with an empty one above it. */
export function releaseChangelog(changelog, version, date) {
  return changelog.replace(
    new RegExp(`^${UNRELEASED}$`, 'm'),
    () => `${UNRELEASED}\n\n## ${version} - ${date}`,
  );
}
