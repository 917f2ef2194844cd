import { ActDialog } from './act-dialog.js';
import type { Act } from './acts/act.js';
import { Announcer } from './announcer.js';
import { Api, ApiError, sentence } from './api.js';
import { html, nothing, render } from './lit/lit-html.js';
import type { Person } from './records.js';
import { isId, personAt, type Route, routeOf, tenantAt, tenantsAt } from './routes.js';
import { SessionClock } from './session-clock.js';
import type { Context, View } from './view.js';
import { EnrolmentForm } from './views/enrolment.js';
import { PeopleView } from './views/people.js';
import { shell } from './views/shell.js';
import { type SignedIn, SignIn } from './views/sign-in.js';
import { viewOf } from './views/view-of.js';

const ENDED = 'Your session has ended. Sign in again to go on where you were.';
/** What is no name: an e-mail address, or a phone number. */
const IDENTIFIER = /@|^\+?[\d\s().\-/]{6,}$/;

/** The console: who is signed in, which page is open, and everything that a page may ask of it. */
export class Console implements Context {
  readonly api = new Api(() => this.end(ENDED));
  private readonly dialog: ActDialog;
  private session: { email: string; clock: SessionClock } | null = null;
  private entry: SignIn | EnrolmentForm;
  private route: Route = routeOf(location.hash);
  private view: View | null = null;
  /** The person whose page is opened next. */
  private known: Person | null = null;

  constructor(
    private readonly place: HTMLElement,
    dialogs: HTMLElement,
    private readonly announcer: Announcer,
  ) {
    this.dialog = new ActDialog(dialogs, this.api);
    this.entry = this.signIn(null);
    this.update();
    this.focusField();
  }

  /** After a change of the address. */
  opened(): void {
    this.route = routeOf(location.hash);
    if (!this.session) return;
    this.dialog.close();
    this.openView();
    scrollTo(0, 0);
    this.focusHeading();
  }

  update(): void {
    const { session, view, route } = this;
    document.title = `${session && view ? view.title : 'Sign in'} · Gatehouse console`;
    if (!session) {
      render(this.entry.render(), this.place);
      return;
    }
    const { email, clock } = session;
    const { minutesLeft, isNearEnd } = clock;
    const state = {
      ...{ route, email, minutesLeft, isNearEnd },
      find: (text: string) => void this.find(text),
      signOut: () => void this.signOut(),
    };
    render(shell(state, view?.render() ?? unknownPage), this.place);
  }

  act(act: Act, after: () => Promise<void>): void {
    this.dialog.open(act, (text) => {
      this.announce(text);
      if (this.session) void after();
    });
  }

  announce(text: string): void {
    this.announcer.say(text);
  }

  go(fragment: string): void {
    location.hash = fragment;
  }

  show(person: Person): void {
    this.known = person;
    if (location.hash === personAt(person.id)) this.opened();
    else this.go(personAt(person.id));
  }

  focusFinder(): void {
    document.getElementById('finder')?.focus();
  }

  leave(): void {
    this.api.leave();
  }

  /** A person by their identifier, either by an id, or tenants by a part of the name. */
  private async find(text: string): Promise<void> {
    if (isId(text)) {
      try {
        await this.api.get(`tenants/${text}`);
        return this.go(tenantAt(text));
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not_found') return this.go(personAt(text));
        return this.announce(sentence(error));
      }
    }
    if (!IDENTIFIER.test(text)) return this.go(tenantsAt({ search: text }));
    const people = new PeopleView(this);
    [this.view, this.route] = [people, { page: 'people' }];
    history.pushState(null, '', '#/people');
    this.update();
    await people.find(text);
  }

  private signedIn({ email, expiresIn }: SignedIn): void {
    const clock = new SessionClock(expiresIn, {
      update: () => this.update(),
      warn: (text) => this.announce(text),
      end: () => this.end(ENDED),
    });
    this.session = { email, clock };
    this.openView();
    this.focusHeading();
  }

  private async signOut(): Promise<void> {
    const note = await this.api.post('auth/sign-out').then(() => 'You are signed out.', sentence);
    location.hash = '#/';
    // Otherwise it had ended before, and the form to sign in says so
    if (this.session) this.end(note);
  }

  /** Nothing that an operator saw stays in the page. */
  private end(note: string): void {
    this.session?.clock.stop();
    [this.session, this.view, this.known] = [null, null, null];
    this.api.use(null);
    this.dialog.forget();
    this.entry = this.signIn(note);
    this.update();
    this.focusField();
  }

  private signIn(note: string | null, email = ''): SignIn {
    const update = () => this.update();
    const enrol = () => {
      const leave = (after: string | null, address: string) => this.enter(this.signIn(after, address));
      const focusHeading = () => this.focusHeading();
      this.enter(new EnrolmentForm(this.api, { update, focusHeading, leave }));
    };
    return new SignIn(this.api, { update, enrol, signedIn: (who) => this.signedIn(who) }, note, email);
  }

  private enter(entry: SignIn | EnrolmentForm): void {
    this.entry = entry;
    this.update();
    this.focusField();
  }

  private openView(): void {
    this.view = viewOf(this, this.route, this.known);
    this.known = null;
    // What was typed or opened on another page does not stay
    render(nothing, this.place);
    this.update();
    void this.view?.load();
  }

  private focusHeading(): void {
    this.place.querySelector('h1')?.focus();
  }

  private focusField(): void {
    this.place.querySelector<HTMLElement>('input:not(.hidden)')?.focus();
  }
}

const unknownPage = html`
  <div class="heading"><h1 tabindex="-1">There is no such page</h1></div>
  <p><a href="#/">To the overview</a></p>
`;
