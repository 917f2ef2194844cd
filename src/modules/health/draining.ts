import { Injectable } from '@nestjs/common';

/** Whether this server is about to stop: it still serves, but a load balancer should send it nothing more. */
@Injectable()
export class Draining {
  private begun = false;

  get isDraining(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }
}
