"""Presentations over REST, with the rules of the pages: /api/v1/courses/{slug}/slots/."""

from django.urls import path

from core.api import JSON_OR_FILE
from presentations.api.board import BoardViewSet
from presentations.api.sign_up import OfferViewSet, PlaceViewSet
from presentations.api.slots import SignUpViewSet, SlidesViewSet, SlotViewSet
from presentations.assigning.api import urlpatterns as assigning

COURSE = "courses/<slug:course_slug>/"
SLOT = f"{COURSE}slots/<slug:slot_key>/"
ROLE = f"{SLOT}roles/<slug:role_key>/"
SWAP = f"{COURSE}swaps/<int:pk>/"
urlpatterns = [
    *assigning,
    path(f"{COURSE}presentation-board/", BoardViewSet.as_view({"get": "download", "put": "upload"}), name="presentation_board"),
    path(f"{COURSE}slots/", SlotViewSet.as_view({"get": "list"}), name="slot_list"),
    path(
        f"{COURSE}slots-missing/",
        SlotViewSet.as_view({"get": "missing", "post": "make"}, pagination_class=None),
        name="slots_missing",
    ),
    path(f"{COURSE}presenters/", SlotViewSet.as_view({"get": "presenters"}, pagination_class=None), name="presenter_list"),
    path(
        f"{COURSE}presentation-history/",
        PlaceViewSet.as_view({"get": "history"}, pagination_class=None),
        name="presentation_history",
    ),
    path(f"{COURSE}waiting/", PlaceViewSet.as_view({"get": "waiting"}, pagination_class=None), name="waiting_list"),
    path(f"{SLOT}move/", SlotViewSet.as_view({"post": "move"}), name="slot_move"),
    path(f"{COURSE}meetings/<slug:meeting_key>/cancel/", SlotViewSet.as_view({"post": "cancel"}), name="meeting_cancel"),
    path(f"{COURSE}meetings/<slug:meeting_key>/restore/", SlotViewSet.as_view({"post": "restore"}), name="meeting_restore"),
    path(f"{ROLE}presenters/", SignUpViewSet.as_view({"post": "create"}), name="presenter_assign"),
    path(f"{ROLE}take/", PlaceViewSet.as_view({"post": "take"}), name="place_take"),
    path(f"{ROLE}waiting/", PlaceViewSet.as_view({"post": "join", "delete": "leave"}), name="role_waiting"),
    path(f"{COURSE}sign-ups/<int:pk>/", SignUpViewSet.as_view({"delete": "destroy"}), name="sign_up_detail"),
    path(f"{COURSE}swaps/", OfferViewSet.as_view({"get": "list", "post": "create"}), name="swap_list"),
    path(f"{SWAP}accept/", OfferViewSet.as_view({"post": "accept"}), name="swap_accept"),
    path(f"{SWAP}decline/", OfferViewSet.as_view({"post": "decline"}), name="swap_decline"),
    path(f"{SWAP}take-back/", OfferViewSet.as_view({"post": "take_back"}), name="swap_take_back"),
    path(f"{SWAP}approve/", OfferViewSet.as_view({"post": "approve"}), name="swap_approve"),
    path(f"{SWAP}refuse/", OfferViewSet.as_view({"post": "refuse"}), name="swap_refuse"),
    path(f"{SLOT}slides/", SlidesViewSet.as_view({"get": "list", "post": "create"}, pagination_class=None), name="slides_list"),
    path(
        f"{SLOT}slides/<int:number>/file/",
        SlidesViewSet.as_view({"get": "file"}, renderer_classes=JSON_OR_FILE),
        name="slides_file",
    ),
]
