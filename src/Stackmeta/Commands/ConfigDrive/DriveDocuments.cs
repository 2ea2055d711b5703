using Stackmeta.Api;
using Stackmeta.ConfigDrive;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>Renders an instance's documents as the files of a volume.</summary>
sealed class DriveDocuments(IInstanceSource source, IVendorData vendorData, DocumentOptions options, TimeProvider time)
{
    /// <exception cref="CommandException">There is no such instance, or something of it cannot be rendered.</exception>
    public async Task<IReadOnlyList<VolumeFile>> RenderAsync(DriveRequest request, CancellationToken cancellationToken)
    {
        var answer = await source.FindInstanceAsync(request.Instance, cancellationToken);
        if (answer.Instance is not { } instance)
        {
            throw Refused(request, answer.Refusal);
        }
        var refusal = vendorData.ReadStatic(out var staticVendorData);
        var entries = await vendorData.FindEntriesAsync(instance, cancellationToken);
        var context = new RenderContext
        {
            SecurityGroups = instance.SecurityGroups,
            StaticVendorData = staticVendorData,
            VendorData2 = entries.Entries,
        };
        List<VolumeFile> files = [];
        if (refusal == Refusal.None)
        {
            refusal = request.IsNoCloud
                ? RenderSeed(instance, context, files)
                : RenderDrive(request, instance, context, files);
        }
        return refusal == Refusal.None ? files : throw Refused(request, refusal);
    }

    Refusal RenderDrive(DriveRequest request, Instance instance, in RenderContext context, List<VolumeFile> files)
    {
        var content = new ConfigDriveContent
        {
            AdminPassword = request.AdminPassword,
            PersonalityFiles = request.Files,
        };
        var renderer = new DocumentRenderer(options, time);
        var refusal = ConfigDriveFiles.Render(renderer, instance, content, context, out var rendered);
        files.AddRange(rendered.Select(file => new VolumeFile(file.Path, VolumeContent.FromMemory(file.Content))));
        return refusal;
    }

    Refusal RenderSeed(Instance instance, in RenderContext context, List<VolumeFile> files)
    {
        var refusal = NoCloudSeed.Render(instance, context, options, out var rendered);
        files.AddRange(rendered.Select(file => new VolumeFile(file.Name, VolumeContent.FromMemory(file.Content))));
        return refusal;
    }

    static CommandException Refused(DriveRequest request, Refusal refusal) =>
        new(
            refusal switch
            {
                Refusal.InstanceNotFound => $"There is no instance '{request.Instance}'.",
                Refusal.InstanceSourceUnavailable => "The instance cannot be read at the moment; try again.",
                Refusal.PartUnreadable =>
                    "A part of the instance's record that the drive shows, its flavor for example, is missing or unreadable.",
                Refusal.VendorDataUnavailable => "The vendor data cannot be had.",
                Refusal.SecurityGroupsUnavailable => "The names of the security groups cannot be had.",
                _ => $"The drive cannot be rendered ({RefusalDescription.Of(refusal).Name}).",
            }
        );
}
