using System.Collections.Immutable;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;

namespace Stackmeta;

/// <summary>Renders an instance's documents as the files of a volume, and lays the volume out.</summary>
sealed class DriveDocuments(DriveSource source, TimeProvider time)
{
    /// <summary>Makes a drive ready, dated now.</summary>
    public async Task<DriveOutcome> PrepareAsync(DriveRequest request, CancellationToken cancellationToken)
    {
        var files = await RenderAsync(request, cancellationToken);
        if (files.Refusal != Refusal.None)
        {
            return DriveOutcome.Refused(files.Refusal, request.Instance);
        }
        var prepared = Drive.Prepare(files.Files, request.OptionsAt(time.GetUtcNow()));
        return prepared.Drive is { } drive
            ? DriveOutcome.Of(drive)
            : DriveOutcome.DoesNotFit(prepared.Problems.Select(problem => InGuestsWords(problem, request, files)));
    }

    /// <summary>Who gave a file to the drive knows it by the guest's path, not by its number.</summary>
    static DriveProblem InGuestsWords(DriveProblem problem, DriveRequest request, DriveFiles files)
    {
        var first = files.Files.Length - request.Files.Length;
        for (var i = 0; i < request.Files.Length; i++)
        {
            if (files.Files[first + i].Path == problem.Path)
            {
                return problem with { Path = request.Files[i].Path };
            }
        }
        return problem;
    }

    /// <returns>The files, or why there are none: a drive is whole or not made.</returns>
    async Task<DriveFiles> RenderAsync(DriveRequest request, CancellationToken cancellationToken)
    {
        var answer = await source.Instances.FindInstanceAsync(request.Instance, cancellationToken);
        if (answer.Instance is not { } instance)
        {
            return answer.Refusal;
        }
        var refusal = source.VendorData.ReadStatic(out var staticVendorData);
        if (refusal != Refusal.None)
        {
            return refusal;
        }
        // A seed shows no security groups.
        var groups = instance.SecurityGroups;
        if (groups.IsDefault && !request.IsNoCloud && source.SecurityGroups is { } names)
        {
            (groups, refusal) = await names.FindNamesAsync(instance.Uuid, cancellationToken);
            if (refusal != Refusal.None)
            {
                return refusal;
            }
        }
        var vendorData = await source.VendorData.FindEntriesAsync(instance, trail: null, cancellationToken);
        if (vendorData.Refusal != Refusal.None)
        {
            return vendorData.Refusal;
        }
        var context = new RenderContext
        {
            SecurityGroups = groups,
            StaticVendorData = staticVendorData,
            VendorData2 = vendorData.Entries,
        };
        return request.IsNoCloud ? RenderSeed(instance, context) : RenderDrive(request, instance, context);
    }

    DriveFiles RenderDrive(DriveRequest request, Instance instance, in RenderContext context)
    {
        var content = new ConfigDriveContent
        {
            SkippedVersions = source.SkippedVersions,
            AdminPassword = request.AdminPassword,
            // Their bytes may be more than fits into memory; only the places on the drive are asked for.
            PersonalityFiles = [.. request.Files.Select(file => new PersonalityFile(file.Path, default))],
        };
        var renderer = new DocumentRenderer(source.Documents, time);
        var refusal = ConfigDriveFiles.Render(renderer, instance, content, context, out var rendered);
        if (refusal != Refusal.None)
        {
            return refusal;
        }
        var documents = rendered.SkipLast(request.Files.Length).Select(file => FileOf(file.Path, file.Content));
        var contents = rendered.TakeLast(request.Files.Length);
        return new(
            [.. documents, .. contents.Zip(request.Files, (place, file) => new VolumeFile(place.Path, file.Content))],
            Refusal.None
        );
    }

    DriveFiles RenderSeed(Instance instance, in RenderContext context)
    {
        var refusal = NoCloudSeed.Render(instance, context, source.Documents, out var rendered);
        return new([.. rendered.Select(file => FileOf(file.Name, file.Content))], refusal);
    }

    static VolumeFile FileOf(string path, ReadOnlyMemory<byte> content) => new(path, VolumeContent.FromMemory(content));
}

/// <summary>The files of a drive, or why there are none.</summary>
/// <param name="Files">Empty when refused.</param>
/// <param name="Refusal"><see cref="Refusal.None"/>, or what could not be found or rendered.</param>
readonly record struct DriveFiles(ImmutableArray<VolumeFile> Files, Refusal Refusal)
{
    public static implicit operator DriveFiles(Refusal refusal) => new([], refusal);
}
