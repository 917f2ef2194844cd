import type { Delivery } from '../transport.js';

export interface GatewayRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Composes requests for one kind of SMS service. */
export interface SmsGateway {
  /** The request that sends the message. Called anew for each try: the request may depend on the current time. */
  compose(delivery: Delivery): GatewayRequest;
}
