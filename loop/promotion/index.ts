export { agreementNow, type AgreementNow } from "./agreement-now.ts";
export { PromotionWatch, startPromotions } from "./watch.ts";
