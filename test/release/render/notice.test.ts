import { notice, render, SUBJECT_LIMIT } from '../../../release/render';
import { promoted, released, rolledBack, sixty, stopped } from '../releases';

test('a notice is the verdict in its subject, and the log in its body', () => {
  expect(notice(released)).toEqual({
    subject: 'shop-prod released: shop-prod-hello v7 serves 100 % after 5 min 5 s',
    body: `released: shop-prod-hello v7 serves 100 % after 5 min 5 s\n\n${render(released)}`,
  });
});

test('a subject is ASCII on one line and no longer than SNS takes', () => {
  const { subject } = notice({ ...rolledBack, stackName: 'größe\n→prod' });
  expect(subject).toBe(
    'gr??e ->prod rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % a...',
  );
  expect(subject).toHaveLength(SUBJECT_LIMIT);
});

test('sixty functions fit into a notice whole', () => {
  const functions = sixty(promoted, (index) => (index === 0 ? stopped : { fate: 'taken-back' }));
  const { subject, body } = notice({ ...rolledBack, functions });
  expect(subject.length).toBeLessThanOrEqual(SUBJECT_LIMIT);
  expect(body).toContain('shop-prod-function60:Live');
});
