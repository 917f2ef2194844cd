import { ActDialog } from './act-dialog.js';
import type { Act } from './acts.js';
import { Announcer } from './announcer.js';
import { Api, ApiError, sentence } from './api.js';
import { html, nothing, render } from './lit/lit-html.js';
import type { Person } from './records.js';
import { isId, personAt, type Route, routeOf, tenantAt, tenantsAt } from './routes.js';
import { SessionClock } from './session-clock.js';
import type { Context, View } from './view.js';
import { AuditView } from './views/audit.js';
import { EnrolmentForm } from './views/enrolment.js';
import { OverviewView } from './views/overview.js';
import { PeopleView } from './views/people.js';
import { PersonView } from './views/person.js';
import { shell } from './views/shell.js';
import { SignIn, type SignedIn } from './views/sign-in.js';
import { TenantView } from './views/tenant.js';
import { TenantsView } from './views/tenants.js';

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
      const isTenant = await this.api.get(`tenants/${text}`).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof ApiError && error.code === 'not_found')) this.announce(sentence(error));
          return false;
        },
      );
      return this.go(isTenant ? tenantAt(text) : personAt(text));
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
    await this.api.post('auth/sign-out').catch(() => undefined);
    location.hash = '#/';
    this.end('You are signed out.');
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
      this.enter(new EnrolmentForm(this.api, { update, leave }));
    };
    return new SignIn(this.api, { update, enrol, signedIn: (who) => this.signedIn(who) }, note, email);
  }

  private enter(entry: SignIn | EnrolmentForm): void {
    this.entry = entry;
    this.update();
    this.focusField();
  }

  private openView(): void {
    this.view = this.viewOf(this.route);
    this.known = null;
    // What was typed or opened on another page does not stay
    render(nothing, this.place);
    this.update();
    void this.view?.load();
  }

  private viewOf(route: Route): View | null {
    switch (route.page) {
      case 'overview':
        return new OverviewView(this);
      case 'tenants':
        return new TenantsView(this, route.filters);
      case 'tenant':
        return new TenantView(this, route.id);
      case 'people':
        return new PeopleView(this);
      case 'person':
        return new PersonView(this, route.id, this.known?.id === route.id ? this.known : null);
      case 'audit':
        return new AuditView(this, route.filters);
      case 'unknown':
        return null;
    }
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
