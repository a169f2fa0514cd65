import { type AttributeValue, beginsWith, compareValues, equalValues, type Item } from './attribute-value';
import type { Comparator, Condition, Operand } from './expression';

/**
 * @param item Item; undefined when there is none, and then no attribute exists.
 * @returns Whether the condition is true for the item.
 */
export function evaluateCondition(condition: Condition, item: Item | undefined): boolean {
  const value = (operand: Operand) => (operand.type === 'value' ? operand.value : item?.[operand.name]);
  switch (condition.type) {
    case 'and':
      return evaluateCondition(condition.left, item) && evaluateCondition(condition.right, item);
    case 'or':
      return evaluateCondition(condition.left, item) || evaluateCondition(condition.right, item);
    case 'not':
      return !evaluateCondition(condition.operand, item);
    case 'exists':
      return item?.[condition.name] !== undefined;
    case 'begins-with': {
      const [operand, prefix] = [value(condition.operand), value(condition.prefix)];
      return operand !== undefined && prefix !== undefined && beginsWith(operand, prefix);
    }
    case 'between': {
      const operand = value(condition.operand);
      return compare('>=', operand, value(condition.low)) && compare('<=', operand, value(condition.high));
    }
    case 'compare':
      return compare(condition.comparator, value(condition.left), value(condition.right));
  }
}

/** Compares two values. A missing attribute is unequal to everything, and neither less nor greater than anything. */
function compare(comparator: Comparator, a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  const equal = a !== undefined && b !== undefined && equalValues(a, b);
  if (comparator === '=') return equal;
  if (comparator === '<>') return !equal;
  const order = a && b && compareValues(a, b);
  if (order === undefined) return false;
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[comparator];
}
