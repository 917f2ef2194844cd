import type { TextKey } from './text-keys.js';

/** As `ENGLISH`. Names of products, codes and links stay as they are. */
export const HINDI: Record<TextKey, string> = {
  greeting: 'नमस्ते {{name}},',
  'greeting.unnamed': 'नमस्ते,',
  linkFallback: 'यदि बटन काम न करे, तो यह लिंक खोलें:',

  'verify-email.subject': 'अपने ई-मेल पते की पुष्टि करें',
  'verify-email.text': 'कृपया पुष्टि करें कि यह ई-मेल पता आपका है।',
  'verify-email.validity': 'यह लिंक {{until}} तक, एक बार काम करता है।',
  'verify-email.action': 'ई-मेल पते की पुष्टि करें',
  'verify-email.closing':
    'यदि आपने इसका अनुरोध नहीं किया, तो इस संदेश को अनदेखा करें: लिंक के बिना किसी बात की पुष्टि नहीं होती।',

  'password-reset.subject': 'अपना पासवर्ड रीसेट करें',
  'password-reset.text': 'किसी ने, संभवतः आपने, आपके खाते का पासवर्ड रीसेट करने का अनुरोध किया है।',
  'password-reset.validity':
    'यह लिंक {{until}} तक, एक बार काम करता है। नया पासवर्ड आपको हर जगह से साइन आउट कर देता है।',
  'password-reset.action': 'नया पासवर्ड चुनें',
  'password-reset.closing':
    'यदि आपने इसका अनुरोध नहीं किया, तो इस संदेश को अनदेखा करें: आपका पासवर्ड जैसा है वैसा ही रहेगा।',

  'invitation.subject': 'आपको {{tenant}} से जुड़ने का निमंत्रण है',
  'invitation.text': '{{inviter}} आपको “{{role}}” भूमिका में {{tenant}} से जुड़ने का निमंत्रण देते हैं।',
  'invitation.validity': 'निमंत्रण {{until}} तक, एक बार स्वीकार किया जा सकता है।',
  'invitation.action': 'निमंत्रण स्वीकार करें',
  'invitation.closing': 'यदि आप इन्हें नहीं जानते, या आपको किसी निमंत्रण की अपेक्षा नहीं थी, तो इस संदेश को अनदेखा करें।',
  'invitation.tenant': 'एक संगठन',
  'invitation.inviter': 'एक सहकर्मी',
  'invitation.role': 'सदस्य',
  'invitation.sms': '{{inviter}} का {{tenant}} से जुड़ने का निमंत्रण: {{link}}',
  'invitation.sms.unnamed': '{{tenant}} से जुड़ने का निमंत्रण: {{link}}',
  'invitation.sms.short': 'निमंत्रण: {{link}}',
  'invitation.sms.subject': 'आपके लिए निमंत्रण',

  'otp.subject': 'आपका {{sender}} कोड',
  'otp.text': 'आगे बढ़ने के लिए यह कोड दर्ज करें।',
  'otp.validity': 'यह {{until}} तक, एक बार काम करता है।',
  'otp.closing': 'इसे कभी किसी को न बताएँ। यदि आपने इसका अनुरोध नहीं किया, तो इस संदेश को अनदेखा करें।',
  'otp.sms': '{{code}} आपका {{sender}} कोड है। किसी को न बताएँ।',
  'otp.sms.short': '{{code}} आपका {{sender}} कोड है।',
  'otp.sms.shortest': '{{code}} आपका कोड है।',

  'account-restoration.subject': 'आपका खाता हटाया जा रहा है',
  'account-restoration.text':
    'आपका खाता हटाने का अनुरोध किया गया है। खाता अब बंद है, और सभी सत्र तथा API कुंजियाँ समाप्त हो गई हैं।',
  'account-restoration.validity':
    'यह लिंक {{until}} तक, एक बार खाते को वापस लाता है। उसके बाद सब कुछ सदा के लिए मिटा दिया जाएगा।',
  'account-restoration.action': 'मेरा खाता रखें',
  'account-restoration.closing':
    'यदि आप खाता हटाना चाहते हैं, तो कुछ करने की आवश्यकता नहीं है। यदि यह आपने नहीं किया, तो खाता वापस लाएँ और नया पासवर्ड चुनें।',
  'account-restoration.sms': 'आपका खाता {{day}} को हटेगा। रखें: {{link}}',
  'account-restoration.sms.short': 'खाता हट रहा है। रखें: {{link}}',

  'notice.closing':
    'यदि यह आपने किया, तो कुछ करने की आवश्यकता नहीं है। यदि नहीं, तो तुरंत नया पासवर्ड चुनें और अपने सभी सत्र समाप्त करें।',
  'notice.kept-keys':
    'आपकी पुरानी API कुंजियाँ अब भी काम करती हैं: वे नीचे दी गई हैं। जिन्हें आप नहीं पहचानते, उन्हें निरस्त करें।',
  'notice.revert':
    'क्या यह आपने नहीं किया? नीचे दिया गया लिंक इसे एक बार वापस लेता है: आपके खाते का पता फिर यही होगा, हर सत्र समाप्त होगा, पासवर्ड अमान्य होगा, और आप नया पासवर्ड चुनेंगे।',
  'notice.revert.action': 'इसे वापस लें',
  'notice.revert.closing': 'यदि यह आपने किया, तो कुछ करने की आवश्यकता नहीं है।',
  'notice.when': 'कब',
  'notice.from': 'कहाँ से',
  'notice.revert.until': 'लिंक इस समय तक काम करता है',
  'notice.until': 'कब तक',
  'notice.organisation': 'संगठन',
  'notice.reference': 'सहायता मामला',
  'notice.key': 'API कुंजी',
  'notice.key.unnamed': 'बिना नाम की',
  'notice.keys.more': 'अन्य API कुंजियाँ',
  'notice.sms': '{{sender}}: {{subject}}।',
  'notice.sms.short': '{{subject}}।',
  'notice.sms.advice': 'यह आप नहीं थे? तुरंत नया पासवर्ड चुनें।',
  'notice.sms.revert': '{{subject}}। वापस लें: {{link}}',
  'notice.sms.revert.short': 'वापस लें: {{link}}',

  'notice.password_changed.subject': 'आपका पासवर्ड बदला गया',
  'notice.password_changed.text': 'आपके खाते का पासवर्ड बदला गया। अन्य सत्र साइन आउट कर दिए गए।',
  'notice.password_recovered.subject': 'आपका पासवर्ड रीसेट किया गया',
  'notice.password_recovered.text':
    'आपको भेजे गए लिंक से आपके खाते का पासवर्ड रीसेट किया गया। सभी सत्र साइन आउट कर दिए गए।',
  'notice.email_change_requested.subject': 'नए ई-मेल पते का अनुरोध किया गया',
  'notice.email_change_requested.text':
    'आपके खाते के लिए नए ई-मेल पते का अनुरोध किया गया। नए पते की पुष्टि होने तक यही पता उपयोग में रहेगा।',
  'notice.email_changed.subject': 'आपका ई-मेल पता बदला गया',
  'notice.email_changed.text': 'आपके खाते का अब दूसरा ई-मेल पता है। इस पते से अब साइन इन नहीं होता।',
  'notice.email_change_reverted.subject': 'ई-मेल पते का बदलाव वापस लिया गया',
  'notice.email_change_reverted.text':
    'आपके खाते के पिछले स्वामी ने ई-मेल पते का बदलाव वापस ले लिया है। सभी सत्र साइन आउट कर दिए गए, और पासवर्ड अब काम नहीं करता।',
  'notice.email_change_reverted.closing': 'यदि आपको यह खाता चाहिए, और यह आपका है, तो सेवा के संचालक से पूछें।',
  'notice.phone_changed.subject': 'आपका फ़ोन नंबर बदला गया',
  'notice.phone_changed.text': 'आपके खाते का फ़ोन नंबर बदला गया।',
  'notice.current_password_failures.subject': 'आपके एक सत्र में ग़लत पासवर्ड',
  'notice.current_password_failures.text':
    'आपके खाते के एक सत्र में लगातार दस बार ग़लत पासवर्ड दिया गया। जिसने ऐसा किया, वह आपके रूप में साइन इन है।',
  'notice.second_factor_failures.subject': 'आपके खाते के लिए ग़लत कोड',
  'notice.second_factor_failures.text':
    'आपके खाते के लिए लगातार दस बार ऑथेंटिकेटर के ग़लत कोड, या ग़लत बैकअप कोड दिए गए। जिसने ऐसा किया, वह आपका पासवर्ड जानता है या आपके रूप में साइन इन है।',
  'notice.two_factor_enabled.subject': 'दो-चरणीय सत्यापन चालू किया गया',
  'notice.two_factor_enabled.text': 'आपके खाते के लिए दो-चरणीय सत्यापन चालू किया गया।',
  'notice.two_factor_disabled.subject': 'दो-चरणीय सत्यापन बंद किया गया',
  'notice.two_factor_disabled.text':
    'आपके खाते के लिए दो-चरणीय सत्यापन बंद किया गया। अब केवल पासवर्ड से साइन इन होता है।',
  'notice.two_factor_reset.subject': 'दो-चरणीय सत्यापन हटाया गया',
  'notice.two_factor_reset.text':
    'सेवा के संचालक ने अनुरोध पर आपके खाते से दो-चरणीय सत्यापन हटा दिया। सभी सत्र साइन आउट कर दिए गए। अब केवल पासवर्ड से साइन इन होता है: दो-चरणीय सत्यापन फिर चालू करें।',
  'notice.recovery_codes_regenerated.subject': 'नए बैकअप कोड बनाए गए',
  'notice.recovery_codes_regenerated.text': 'आपके खाते के लिए नए बैकअप कोड बनाए गए। पुराने अब काम नहीं करते।',
  'notice.trusted_device_added.subject': 'एक डिवाइस अब विश्वसनीय है',
  'notice.trusted_device_added.text':
    'एक डिवाइस को विश्वसनीय चिह्नित किया गया: वह कुछ समय तक बिना कोड के आपके खाते में साइन इन कर सकता है।',
  'notice.api_key_created.subject': 'एक API कुंजी बनाई गई',
  'notice.api_key_created.text': 'आपके नाम से एक API कुंजी बनाई गई।',
  'notice.api_key_rotated.subject': 'एक API कुंजी नवीनीकृत की गई',
  'notice.api_key_rotated.text': 'आपकी एक API कुंजी का गुप्त पाठ नया है। पुराना कुछ समय बाद काम करना बंद कर देगा।',
  'notice.api_key_revoked.subject': 'एक API कुंजी निरस्त की गई',
  'notice.api_key_revoked.text': 'आपकी एक API कुंजी निरस्त की गई।',
  'notice.session_reuse_detected.subject': 'आपकी सुरक्षा के लिए एक सत्र समाप्त किया गया',
  'notice.session_reuse_detected.text':
    'आपका एक साइन-इन टोकन दो बार उपयोग हुआ, जिसका अर्थ हो सकता है कि वह चोरी हुआ। हमने वह सत्र समाप्त कर दिया।',
  'notice.new_device_login.subject': 'आपके खाते में नया साइन-इन',
  'notice.new_device_login.text': 'आपके खाते में ऐसे डिवाइस से साइन इन हुआ जिसे हमने पहले नहीं देखा।',
  'notice.data_exported.subject': 'आपका डेटा निर्यात किया गया',
  'notice.data_exported.text': 'आपके बारे में हमारे पास जो कुछ है, उसका संग्रह डाउनलोड किया गया।',
  'notice.account_restored.subject': 'आपका खाता वापस आ गया है',
  'notice.account_restored.text':
    'आपके खाते को हटाना रोक दिया गया। पहले की तरह साइन इन करें; API कुंजियाँ फिर से बनानी होंगी।',
  'notice.account_taken_over.subject': 'आपके पते या नंबर वाला खाता अब आपका है',
  'notice.account_taken_over.text':
    'किसी ने आपके पते या नंबर से खाता बनाया था और उसका सत्यापन कभी नहीं किया। अब सत्यापन हो जाने पर खाता आपका है। उसमें पहले से रखी चीज़ें हटा दी गईं: पासवर्ड, सत्र, दूसरा चरण, API कुंजियाँ, लिंक, कोड और निमंत्रण।',
  'notice.account_taken_over.closing': 'यदि सत्यापन अभी आपने नहीं किया, तो तुरंत खाते का पासवर्ड रीसेट करें।',
  'notice.identifier_dropped.subject': 'आपका पता या नंबर एक खाते से हटाया गया',
  'notice.identifier_dropped.text':
    'एक खाते में आपका पता या नंबर और एक दूसरा था, और दोनों का सत्यापन नहीं हुआ था। अब दूसरे का सत्यापन हो गया है, इसलिए आपका अब उस खाते का भाग नहीं है।',
  'notice.identifier_dropped.closing': 'कुछ करने की आवश्यकता नहीं है। आप अपने पते या नंबर से खाता बना सकते हैं।',
  'notice.claim_lost.subject': 'आपके खाते से एक पता या नंबर हटाया गया',
  'notice.claim_lost.text':
    'आपके खाते में एक पता या नंबर था जिसका सत्यापन कभी नहीं हुआ। किसी और ने उसका सत्यापन कर लिया है, इसलिए वह अब आपके खाते का भाग नहीं है। और कुछ नहीं बदला है।',
  'notice.claim_lost.closing': 'यदि वह आपका है, तो अपने खाते में उसका फिर सत्यापन करें।',
  'notice.identifier_released.subject': 'आपका पता या नंबर दूसरे खाते से हटाया गया',
  'notice.identifier_released.text':
    'एक दूसरे खाते में आपका पता या नंबर बिना सत्यापन के था। अब सत्यापन हो जाने पर वह उस खाते का भाग नहीं है।',
  'notice.identifier_released.closing':
    'उस खाते का कुछ भी आपका नहीं है। आप अपने पते या नंबर का उपयोग अपने खाते के लिए कर सकते हैं।',
  'notice.membership_ended.subject': 'आप अब एक संगठन के सदस्य नहीं हैं',
  'notice.membership_ended.text':
    'जिस खाते से आपको एक संगठन में निमंत्रित किया गया था, उसे उसके पते के स्वामी ने ले लिया है। उससे निमंत्रित लोग अब सदस्य नहीं हैं।',
  'notice.membership_ended.closing': 'यदि आप अब भी संगठन के हैं, तो उसके स्वामी से नया निमंत्रण माँगें।',
  'notice.session_ended_by_operator.subject': 'आपका एक सत्र समाप्त किया गया',
  'notice.session_ended_by_operator.text':
    'सेवा के संचालक ने आपके खाते का एक सत्र समाप्त कर दिया। पासवर्ड, दूसरा चरण और API कुंजियाँ पहले जैसी हैं।',
  'notice.session_ended_by_operator.closing': 'यदि आप कारण नहीं जानते, तो सेवा के संचालक से पूछें।',
  'notice.account_blocked.subject': 'आपका खाता अवरुद्ध किया गया',
  'notice.account_blocked.text':
    'सेवा के संचालक ने आपका खाता अवरुद्ध कर दिया। सभी सत्र साइन आउट कर दिए गए, और अवरोध हटने तक कोई इसमें साइन इन नहीं कर सकता।',
  'notice.account_blocked.closing': 'यदि आप कारण नहीं जानते, तो सेवा के संचालक से पूछें।',
  'notice.account_unblocked.subject': 'आपके खाते का अवरोध हटाया गया',
  'notice.account_unblocked.text':
    'सेवा के संचालक ने आपके खाते का अवरोध हटा दिया। पहले की तरह साइन इन करें; आपकी API कुंजियाँ फिर काम करती हैं।',
  'notice.account_unblocked.closing': 'कुछ करने की आवश्यकता नहीं है।',
  'notice.impersonation_started.subject': 'एक संचालक आपके स्थान पर काम कर रहा है',
  'notice.impersonation_started.text':
    'सेवा के एक संचालक ने आपकी या आपके संगठन की सहायता के लिए आपके स्थान पर एक सत्र खोला। वह आपके सत्रों की सूची में है, जहाँ आप उसे समाप्त कर सकते हैं। वह कभी आपके पासवर्ड, दूसरे कारक, API कुंजियों या आपके डेटा के निर्यात तक नहीं पहुँचता।',
  'notice.impersonation_started.closing':
    'यदि आपने सहायता नहीं माँगी थी, तो सत्र समाप्त करें और सेवा के संचालक से कारण पूछें।',
  'notice.limits_lifted.subject': 'आपके खाते की सीमाएँ हटाई गईं',
  'notice.limits_lifted.text':
    'सेवा के संचालक ने आपके खाते के लिए गलत पासवर्ड और कोड के बाद की प्रतीक्षा हटा दी: साइन इन फिर तुरंत किया जा सकता है।',
  'notice.limits_lifted.closing': 'यदि आपने इसके लिए नहीं कहा था, तो सेवा के संचालक से कारण पूछें।',
  'notice.tenant_deletion_requested.subject': 'आपका संगठन हटाया जाएगा',
  'notice.tenant_deletion_requested.text':
    'सेवा के संचालक ने एक संगठन को हटाने का अनुरोध किया जिसके आप स्वामी हैं। अब से कोई उसका उपयोग नहीं कर सकता, और उसे बहाल करने का समय बीतने पर वह मिटा दिया जाएगा। आपका खाता और आपके अन्य संगठन पहले जैसे हैं।',
  'notice.tenant_deletion_requested.closing': 'यदि आप कारण नहीं जानते, तो सेवा के संचालक से पूछें।',
  'notice.tenant_deletion_cancelled.subject': 'आपका संगठन नहीं हटाया जाएगा',
  'notice.tenant_deletion_cancelled.text':
    'सेवा के संचालक ने एक संगठन को हटाना रोक दिया जिसके आप स्वामी हैं। बहाल होने तक वह निलंबित रहेगा।',
  'notice.tenant_deletion_cancelled.closing': 'यदि आप कारण नहीं जानते, तो सेवा के संचालक से पूछें।',
  'notice.signed_out_by_operator.subject': 'आपको हर जगह से साइन आउट किया गया',
  'notice.signed_out_by_operator.text':
    'सेवा के संचालक ने आपके खाते के सभी सत्र, उसकी API कुंजियाँ, और आपको भेजे गए लिंक और कोड समाप्त कर दिए। पासवर्ड और दूसरा चरण पहले जैसे हैं: फिर साइन इन करें।',
  'notice.signed_out_by_operator.closing': 'यदि आप कारण नहीं जानते, तो सेवा के संचालक से पूछें।',
  'notice.tenant_suspended.subject': 'आपका संगठन निलंबित किया गया',
  'notice.tenant_suspended.text':
    'सेवा के संचालक ने एक संगठन को निलंबित कर दिया जिसके आप स्वामी हैं। बहाल होने तक कोई उसका उपयोग नहीं कर सकता। आपका खाता और आपके अन्य संगठन पहले जैसे हैं।',
  'notice.tenant_suspended.closing': 'यदि आप कारण नहीं जानते, तो सेवा के संचालक से पूछें।',
  'notice.tenant_restored.subject': 'आपका संगठन बहाल किया गया',
  'notice.tenant_restored.text':
    'सेवा के संचालक ने एक संगठन को बहाल कर दिया जिसके आप स्वामी हैं। उसके सदस्य फिर उसका उपयोग कर सकते हैं।',
  'notice.tenant_restored.closing': 'कुछ करने की आवश्यकता नहीं है।',
};
