# SPDX-License-Identifier: Apache-2.0
"""The real msgraph-sdk against the mock's Graph: users, a meeting, its join address, a subscription, errors."""

import asyncio
import datetime
import http.server
import threading
import urllib.parse

import httpx
from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider, AccessTokenProvider, AllowedHostsValidator
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.lobby_bypass_settings import LobbyBypassSettings
from msgraph.generated.models.lobby_bypass_scope import LobbyBypassScope
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.online_meeting import OnlineMeeting
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.users.item.online_meetings.create_or_get.create_or_get_post_request_body import (
    CreateOrGetPostRequestBody)
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from kiota_abstractions.base_request_configuration import RequestConfiguration

from ms_common import MICROSOFT, TRUST, check, done, person

CLIENT = MICROSOFT["client"]


class Hook(http.server.BaseHTTPRequestHandler):
    """A connector's hook: echoes the validation token as plain text."""

    def do_POST(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = (query.get("validationToken") or [""])[0].encode()
        self.send_response(200 if token else 202)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(token)))
        self.end_headers()
        self.wfile.write(token)

    def log_message(self, *arguments):
        pass


class Tokens(AccessTokenProvider):
    """Client credentials, as any bearer token provider."""

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        async with httpx.AsyncClient(verify=TRUST or True, trust_env=False) as client:
            answer = await client.post(MICROSOFT["token"], data={
                "grant_type": "client_credentials", "client_id": CLIENT["id"], "client_secret": CLIENT["secret"],
                "scope": "https://graph.microsoft.com/.default"})
        return answer.json()["access_token"]

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


async def main():
    import ssl
    verify = ssl.create_default_context(cafile=TRUST) if TRUST else True
    client = httpx.AsyncClient(verify=verify, trust_env=False, timeout=30)
    from msgraph_core import GraphClientFactory
    client = GraphClientFactory.create_with_default_middleware(client=client)
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Tokens()), client=client)
    adapter.base_url = MICROSOFT["graph"]
    graph = GraphServiceClient(request_adapter=adapter)
    provider = person("provider")["microsoft"]
    user = graph.users.by_user_id(provider["object-id"])

    known = await user.get()
    check(known.user_principal_name == provider["user"], known)
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        filter=f"userPrincipalName eq '{provider['user']}'", select=["id", "displayName"], top=1, count=True)
    page = await graph.users.get(RequestConfiguration(query_parameters=query))
    check([u.id for u in page.value] == [provider["object-id"]] and page.odata_count == 1, page)
    check(page.value[0].user_principal_name is None, "only what $select named comes")
    first = await graph.users.get(RequestConfiguration(
        query_parameters=UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=1)))
    check(first.odata_next_link, "a page leads to the next")
    second = await graph.users.with_url(first.odata_next_link).get()
    check(second.value[0].id != first.value[0].id, "the next page has other people")

    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    meeting = await user.online_meetings.post(OnlineMeeting(
        subject="Virtual visit", start_date_time=start, end_date_time=start + datetime.timedelta(minutes=30),
        lobby_bypass_settings=LobbyBypassSettings(scope=LobbyBypassScope.Organizer)))
    check(meeting.id and "/l/meetup-join/19%3ameeting_" in meeting.join_web_url, meeting)
    check(meeting.lobby_bypass_settings.scope == LobbyBypassScope.Organizer, meeting.lobby_bypass_settings)
    same = [await user.online_meetings.create_or_get.post(CreateOrGetPostRequestBody(
        external_id="visit-1", start_date_time=start, end_date_time=start + datetime.timedelta(minutes=30),
        subject="Virtual visit")) for _ in range(2)]
    check(same[0].id == same[1].id, "one meeting per external id")
    item = user.online_meetings.by_online_meeting_id(meeting.id)
    check((await item.get()).subject == "Virtual visit", "the meeting is read")
    changed = await item.patch(OnlineMeeting(subject="Moved visit"))
    check(changed.subject == "Moved visit", changed)
    join = await item.get_virtual_appointment_join_web_url.get()
    check("/webrtc-svc/api/route?tid=" in join.value, join)
    reports = await item.attendance_reports.get()
    check(reports.value == [], reports)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook = f"http://127.0.0.1:{server.server_address[1]}/graph"
    resource = ("communications/onlineMeetings(joinWebUrl='" + urllib.parse.quote(meeting.join_web_url, safe="")
                + "')/meetingCallEvents")
    wanted = Subscription(
        change_type="updated", notification_url=hook, lifecycle_notification_url=hook, resource=resource,
        client_state="state-1", expiration_date_time=start + datetime.timedelta(hours=2))
    made = await graph.subscriptions.post(wanted)
    check(made.id and made.resource == resource and made.application_id == CLIENT["id"], made)
    listed = await graph.subscriptions.get()
    check([s.id for s in listed.value] == [made.id], listed)
    one = graph.subscriptions.by_subscription_id(made.id)
    renewed = await one.patch(Subscription(expiration_date_time=start + datetime.timedelta(hours=4)))
    check(renewed.expiration_date_time > made.expiration_date_time, renewed)
    await one.reauthorize.post()
    try:
        await graph.subscriptions.post(wanted)
        check(False, "one subscription per application and meeting")
    except ODataError as error:
        check(error.response_status_code == 409, error)
    await one.delete()
    check((await graph.subscriptions.get()).value == [], "deleted")

    try:
        await user.online_meetings.by_online_meeting_id("unknown").get()
        check(False, "an unknown meeting is refused")
    except ODataError as error:
        check(error.response_status_code == 404 and error.error.code == "NotFound", error)
        check(error.error.inner_error.request_id and error.error.inner_error.date, error.error.inner_error)
    try:
        await user.messages.get()
        check(False, "what the mock does not have is refused")
    except ODataError as error:
        check(error.response_status_code in (400, 403), error)
    done()


asyncio.run(main())
