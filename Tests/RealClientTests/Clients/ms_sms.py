# SPDX-License-Identifier: Apache-2.0
"""The real azure-communication-sms and -phonenumbers against the mock's resource."""

from azure.communication.phonenumbers import (
    PhoneNumberAssignmentType, PhoneNumberCapabilities, PhoneNumberCapabilityType, PhoneNumbersClient, PhoneNumberType)
from azure.communication.sms import SmsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from ms_common import SMS, TRUST, check, done, person

options = {"connection_verify": TRUST} if TRUST else {}
key = AzureKeyCredential(SMS["access-key"])
texts = SmsClient(SMS["endpoint"], key, **options)
number = "+1" + "".join(c for c in person("patient")["phone"] if c.isdigit())[-10:]

answers = texts.send(SMS["number"], [number, "4255550199"], "Your visit starts soon.", enable_delivery_report=True, tag="t")
check([a.successful for a in answers] == [True, False], answers)
check(answers[0].message_id.startswith("Outgoing_") and answers[0].http_status_code == 202, answers[0])
check(answers[1].http_status_code == 400 and "phone number format" in answers[1].error_message, answers[1])
try:
    texts.send("+18005550000", number, "from a number of somebody else")
    check(False, "a number of somebody else is refused")
except HttpResponseError as error:
    check(error.status_code == 403, error)
try:
    SmsClient(SMS["endpoint"], AzureKeyCredential("d3Jvbmcga2V5IHdyb25nIGtleSB3cm9uZyBrZXkh"), **options).send(
        SMS["number"], number, "with a wrong key")
    check(False, "a wrong key is refused")
except ClientAuthenticationError as error:
    check(error.status_code == 401, error)
if TRUST:
    # A connection string always means https.
    endpoint = SMS["endpoint"]
    other = SmsClient.from_connection_string(f"endpoint={endpoint}/;accesskey={SMS['access-key']}", **options)
    check(other.send(SMS["number"], number, "by connection string")[0].successful, "by connection string")

numbers = PhoneNumbersClient(SMS["endpoint"], key, polling_interval=1, **options)
owned = [n.phone_number for n in numbers.list_purchased_phone_numbers()]
check(SMS["number"] in owned, owned)
details = numbers.get_purchased_phone_number(SMS["number"])
check(details.phone_number == SMS["number"] and details.capabilities.sms == "inbound+outbound", details)
check("US" in [c.country_code for c in numbers.list_available_countries()], "countries")
check(list(numbers.list_available_area_codes("US", PhoneNumberType.TOLL_FREE, assignment_type="application")), "area codes")
check(list(numbers.list_available_localities("US")), "localities")
check(list(numbers.list_available_offerings("US")), "offerings")
found = numbers.begin_search_available_phone_numbers(
    "US", PhoneNumberType.TOLL_FREE, PhoneNumberAssignmentType.APPLICATION,
    PhoneNumberCapabilities(calling=PhoneNumberCapabilityType.NONE, sms=PhoneNumberCapabilityType.INBOUND_OUTBOUND),
    quantity=1).result()
check(len(found.phone_numbers) == 1 and found.search_id, found)
check(found.cost.currency_code == "USD" and found.error == "NoError", found)
purchase = numbers.begin_purchase_phone_numbers(found.search_id)
check(purchase.status().lower() in ("running", "inprogress", "notstarted"), purchase.status())
try:
    numbers.get_purchased_phone_number("+18335550000")
    check(False, "a number nobody owns is not found")
except ResourceNotFoundError as error:
    check(error.status_code == 404 and error.error.code == "NotFound", error)
try:
    numbers.begin_purchase_phone_numbers("00000000-0000-4000-8000-000000000000")
    check(False, "an unknown search cannot be bought")
except HttpResponseError as error:
    check(error.status_code == 404, error)
change = numbers.begin_update_phone_number_capabilities(
    SMS["number"], sms=PhoneNumberCapabilityType.OUTBOUND, calling=PhoneNumberCapabilityType.NONE).result()
check(change.capabilities.sms == "outbound", change)
numbers.begin_release_phone_number(SMS["number"]).result()
check(SMS["number"] not in [n.phone_number for n in numbers.list_purchased_phone_numbers()], "released")
done()
