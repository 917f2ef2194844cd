import type { Delivery } from '../transport.js';

export interface GatewayRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** How one kind of SMS service wants to be asked. */
export interface SmsGateway {
  /** The request that hands a message over, made anew for each try. */
  compose(delivery: Delivery): GatewayRequest;
}
