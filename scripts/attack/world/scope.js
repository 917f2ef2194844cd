import { Client } from '../http/client.js';
import { NotTried } from '../outcomes.js';

/**
 * What one case, or the set-up of one area, works with: its clients, the requests it may still send, and what it must
 * remove again. `world` is shared by all of them.
 */
export class Scope {
  agents = new Set();
  removals = [];
  sent = 0;

  constructor(world, name, budget) {
    this.world = world;
    this.name = name;
    this.budget = budget;
  }

  get target() {
    return this.world.target;
  }

  /** The owner's account that the operator named. */
  get home() {
    return this.world.home;
  }

  get mailbox() {
    if (!this.target.hasMailbox) throw new NotTried('needs the mailbox');
    return this.world.mailboxFor(this);
  }

  /** Stops the case where the target does not serve this contract. */
  needContract(contract) {
    if (!this.target.contracts.has(contract)) throw new NotTried(`the ${contract} contract is not served`);
  }

  /** Stops the case where it may not register an account, not even by an attack that gets through. */
  needRegistration() {
    if (!this.world.mayRegister) throw new NotTried('needs --may-register');
  }

  /** Not signed in, or with this token, at an address of its own where the machine has more than one. */
  client(token = null) {
    return new Client(this, { token, address: this.world.addresses.next() });
  }

  /** Signed in as this account, at another address than its own. */
  as(account) {
    return this.client(account.accessToken);
  }

  /** As `client`, for so many guesses that the address is refused for a while. */
  guesser(token = null) {
    if (!this.world.addresses.isMany) throw new NotTried('needs a source address of its own');
    return this.client(token);
  }

  /** Called at the end, in reverse order. Returns nothing, or what could not be removed. */
  remove(removal) {
    this.removals.push(removal);
  }

  spendRequest() {
    this.sent += 1;
    if (this.sent > this.budget) throw new Error(`More than the ${this.budget} requests it may send`);
    this.world.sent += 1;
  }

  /** Removes what was created, closes the connections, and reports what is left. */
  async close() {
    const left = [];
    for (const removal of this.removals.reverse()) {
      try {
        left.push(await removal(this));
      } catch (error) {
        left.push(`something of ${this.name}: ${error.message}`);
      }
    }
    for (const agent of this.agents) agent.destroy();
    return left.filter((one) => one !== undefined);
  }
}
