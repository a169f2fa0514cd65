import type { GitRepository } from '../../scratch/git';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { SourceAction } from '../model';

/** Runs source actions. They export the execution's commit from the scratch clone instead of GitHub. */
export class SourceActions implements ActionRunner<SourceAction> {
  readonly #repository: GitRepository;

  constructor(repository: GitRepository) {
    this.#repository = repository;
  }

  async run(action: SourceAction, { artifacts, commit }: ActionContext): Promise<ActionResult> {
    for (const output of action.outputs) await this.#repository.export(commit.id, await artifacts.create(output));
    return {
      type: 'succeeded',
      summary: commit.subject,
      externalId: commit.id,
      // The variables of a connection's source action that do not need GitHub (CodePipeline user guide, "Variables").
      variables: {
        AuthorDate: commit.date,
        AuthorDisplayName: commit.author.name,
        AuthorEmail: commit.author.email,
        BranchName: action.branch,
        CommitId: commit.id,
        CommitMessage: commit.subject,
        ConnectionArn: action.connectionArn,
        FullRepositoryName: action.repository,
      },
    };
  }
}
