import type { Commit } from '../../../rehearsal/scratch/git';

/** A commit without a repository. */
export const aCommit: Commit = {
  id: 'c'.repeat(40),
  subject: 'a commit',
  date: '2030-01-01T00:00:00Z',
  author: { name: 'A Person', email: 'person@example.invalid' },
};
