import { readdirSync, readFileSync } from 'node:fs';
import { BESIDE_ENTITIES } from './beside-entities.js';

const INTRODUCTION = `# The schema

What each table holds, its columns, and how the tables refer to each other. \`npm run schema\` writes this page from the
entities in \`src/modules/*/entities/\`, and a test holds the entities and the migrations together. The migrations add what
the diagrams leave out: indexes, checks, row-level security (\`docs/databases.md\`) and the rights of the serving role.

A table is written by the repositories of its module, with few exceptions: \`test/structure/data-layer.spec.ts\` names the
writers of each.
`;

/**
 * The sentences above the entities, and the module of each, by the name of the table.
 * @param {URL} root Of the repository.
 */
export function readDescriptions(root) {
  const modules = new URL('src/modules/', root);
  const files = readdirSync(modules, { recursive: true }).filter((file) => file.endsWith('.entity.ts'));
  const entries = files.map((file) => {
    const source = readFileSync(new URL(file, modules), 'utf8');
    const found = /\/\*\*[\s*]*([\s\S]*?)\s*\*\/\s*@Entity\('(\w+)'\)/.exec(source);
    if (!found) throw new Error(`${file} says nothing about its table`);
    const [, comment, table] = found;
    return [table, { module: file.split('/')[0], text: comment.replace(/\s*\n\s*\*\s*/g, ' ') }];
  });
  return new Map(entries);
}

/** The page, as Markdown with a Mermaid diagram of all tables and one for each module. */
export function describeSchema(metadatas, descriptions) {
  const tables = [...metadatas].sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
  const modules = [...new Set(tables.map(({ tableName }) => descriptions.get(tableName).module))].sort();
  const parts = modules.map((module) => {
    const own = tables.filter(({ tableName }) => descriptions.get(tableName).module === module);
    const list = own.map(({ tableName }) => `- \`${tableName}\`: ${descriptions.get(tableName).text}`);
    return `## ${module}\n\n${list.join('\n')}\n\n${diagram(own.map(columns))}`;
  });
  return [
    INTRODUCTION,
    `## All tables\n\n${diagram(tables.flatMap(references))}`,
    ...parts,
    besideEntities(),
  ].join('\n');
}

const besideEntities = () => {
  const list = BESIDE_ENTITIES.map(
    ({ table, columns, text }) => `- \`${table}\` (${columns.join(', ')}): ${text}`,
  );
  return `## Beside the entities\n\nThese tables have no entity, and the schema \`partitions\` has the partitions of tables above.\n\n${list.join('\n')}\n`;
};

const diagram = (lines) => `\`\`\`mermaid\nerDiagram\n${lines.join('\n')}\n\`\`\`\n`;

function references({ tableName, foreignKeys }) {
  return foreignKeys.map(({ referencedTablePath, columnNames, columns: own }) => {
    const isOptional = own.some(({ isNullable }) => isNullable);
    return `  ${referencedTablePath} ${isOptional ? '|o' : '||'}--o{ ${tableName} : "${columnNames.join(', ')}"`;
  });
}

function columns({ tableName, columns: all, foreignKeys }) {
  const referring = new Set(foreignKeys.flatMap(({ columnNames }) => columnNames));
  const lines = all.map(({ databaseName, type, isArray, isPrimary, isNullable }) => {
    const keys = [isPrimary && 'PK', referring.has(databaseName) && 'FK'].filter(Boolean).join(', ');
    const parts = [`${type}${isArray ? '[]' : ''}`, databaseName, keys, isNullable ? '"or null"' : ''];
    return `    ${parts.filter(Boolean).join(' ')}`;
  });
  return `  ${tableName} {\n${lines.join('\n')}\n  }`;
}
