import type { PackagedResource, PackagedTemplateFile } from './packaged-service';

/** @returns The resources of a type with their logical ids, in the order of the template. */
export function resourcesOf(
  template: PackagedTemplateFile,
  type: string,
): readonly (readonly [string, PackagedResource])[] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** @returns The path of a property in the packaged template. */
export function propertyPath(logicalId: string, property: string): string {
  return `Resources.${logicalId}.Properties.${property}`;
}
