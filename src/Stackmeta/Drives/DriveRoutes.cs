using Stackmeta.Admin;
using Stackmeta.Core.Refusals;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// Hands instances' drives out on the admin socket, for hypervisors that fetch them. What drives are made of is known once the process
/// has its metadata API, and so the route is there before it can answer.
/// </summary>
/// <param name="names">Where an instance is found by its name; null where there are uuids alone.</param>
/// <param name="time">Dates the files.</param>
sealed class DriveRoutes(IInventory? names, TimeProvider time)
{
    // Set while the process starts, and again when new settings make another; read by any request.
    volatile DriveSource? _source;

    /// <summary>Drives can be had from now on.</summary>
    public void Serve(DriveSource source) => _source = source;

    public IEnumerable<AdminRoute> All =>
        [
            new("GET", "/config-drive/{id}", "Hands out an instance's config drive, as a volume.", AnswerAsync)
            {
                Query =
                [
                    new("format", "iso9660 or vfat; else what nova.conf says, or iso9660."),
                    new("seed", "nocloud for a seed of cloud-init's NoCloud instead."),
                ],
                Responses =
                [
                    new(200, "The volume.", AdminAnswer.Bytes),
                    new(400, "A parameter is none of its words.", AdminAnswer.Json, "Errors"),
                    new(404, "There is no such instance.", AdminAnswer.Json, "Errors"),
                    new(409, "Several instances have this name.", AdminAnswer.Json, "Errors"),
                    new(422, "The documents do not fit into the format.", AdminAnswer.Json, "Errors"),
                    new(500, "The instance's record is broken.", AdminAnswer.Json, "Errors"),
                    new(503, "Something that the drive is made of cannot be had now.", AdminAnswer.Json, "Errors"),
                ],
            },
        ];

    async Task AnswerAsync(AdminRequest request)
    {
        if (_source is not { } source)
        {
            await AdminAnswer.ErrorAsync(request, 503, "This process has no metadata API, or not yet");
            return;
        }
        if (WhatIsWrong(request) is { } wrong)
        {
            await AdminAnswer.ErrorAsync(request, [wrong]);
            return;
        }
        var id = request.Values[0];
        if (names is not null)
        {
            var found = await names.Instances.FindAsync(id, request.Aborted);
            if (found.IsRefused)
            {
                await AdminAnswer.ErrorAsync(request, found.Objections);
                return;
            }
            id = found.Value.Id;
        }
        var asked = new DriveRequest
        {
            Instance = id,
            Format = request.Query("format") is { } format ? DriveFormats.Of(format) : source.UsualFormat,
            IsNoCloud = request.Query("seed") is not null,
        };
        var outcome = await new DriveDocuments(source, time).PrepareAsync(asked, request.Aborted);
        await (
            outcome.Drive is { } drive
                ? AdminAnswer.StreamAsync(request, AdminAnswer.Bytes, drive.Length, drive.WriteAsync)
                : AdminAnswer.ErrorAsync(request, StatusOf(outcome.Refusal), outcome.Sentence.TrimEnd('.'))
        );
    }

    static Objection? WhatIsWrong(AdminRequest request) =>
        Wrong(request, "format", DriveFormats.Iso9660, DriveFormats.Vfat) ?? Wrong(request, "seed", "nocloud");

    static Objection? Wrong(AdminRequest request, string parameter, params string[] words) =>
        request.Query(parameter) is { } value && !words.Contains(value)
            ? new(ObjectionKind.Invalid, parameter, $"it must be {string.Join(" or ", words)}")
            : null;

    static int StatusOf(Refusal refusal) => refusal == Refusal.None ? 422 : RefusalDescription.Of(refusal).Status;
}
