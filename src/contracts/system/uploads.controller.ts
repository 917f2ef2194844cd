import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Authorize } from '../../access/authorize.js';
import { AppError } from '../../common/app-error.js';
import { ProfileService } from '../../modules/profile/profile.service.js';

/** Serves pictures, under the names that `avatar` contains. */
@ApiExcludeController()
@Controller('uploads/avatars')
export class UploadsController {
  constructor(private readonly profile: ProfileService) {}

  @Get(':name')
  @Authorize.public('Pictures are shown in pages that carry no token; their names are random')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @Header('cross-origin-resource-policy', 'cross-origin')
  async read(@Param('name') name: string): Promise<StreamableFile> {
    const image = await this.profile.readAvatar(name);
    if (!image) throw new AppError('not_found');
    return new StreamableFile(image, { type: 'image/jpeg' });
  }
}
