import type { EntityMetadata } from 'typeorm';

type Descriptions = Map<string, { module: string; text: string }>;

export function readDescriptions(root: URL): Descriptions;
export function describeSchema(metadatas: EntityMetadata[], descriptions: Descriptions): string;
